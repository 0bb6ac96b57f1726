using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Imgsync.Core.Catalog;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Content;
using Imgsync.Core.Tests.Configuration;

namespace Imgsync.Core.Tests.Catalog;

/// <summary>The JSON schema of a catalogue file, written from the records it is read into. No
/// member is required: a file may change only a few.</summary>
internal static class CatalogSchema
{
    public static string Write() => SchemaPart.Record(
    [
        KeyValuePair.Create("$schema", SchemaPart.Text()),
        KeyValuePair.Create(
            "publishers", ByKey(typeof(PublisherEntry)).Described("Who makes images, where they are published and how they are signed.")),
        KeyValuePair.Create(
            "distributions", ByKey(typeof(DistributionEntry)).Described("What can be synced, by the keys that configurations name.")),
    ]).Document("a catalogue of imgsync");

    private static JsonObject ByKey(Type entry) => SchemaPart.ByName(Record(entry));

    private static JsonObject Record(Type entry) => SchemaPart.Record(
        entry.GetProperties()
            .Where(property => property.GetCustomAttribute<JsonExtensionDataAttribute>() is null)
            .Select(property => KeyValuePair.Create(JsonNamingPolicy.CamelCase.ConvertName(property.Name), Member(property))));

    private static JsonObject Member(PropertyInfo property) =>
        Shape(property).Described(property.GetCustomAttribute<DescriptionAttribute>()?.Description);

    private static JsonObject Shape(PropertyInfo property) => property.Name switch
    {
        nameof(PublisherEntry.Url) => SchemaPart.Text("^(https?|file)://[^?#]+$"),
        nameof(PublisherEntry.Index) => SchemaPart.Choice(IndexFormats.All),
        nameof(PublisherEntry.Signature) => SchemaPart.Choice(Enum.GetNames<SignaturePolicy>()),
        nameof(PublisherEntry.SignedBy) => SchemaPart.List(SchemaPart.Text("^( *[0-9A-Fa-f]){40}(( *[0-9A-Fa-f]){24})?$")),
        nameof(DistributionEntry.Architectures) => SchemaPart.List(SchemaPart.Choice(Enum.GetNames<Architecture>())),
        nameof(DistributionEntry.DiskFormat) => SchemaPart.Choice(DistributionReader.DiskFormats.Keys),
        nameof(DistributionEntry.Path) => SchemaPart.Text("^[^/].*/$"),
        nameof(DistributionEntry.Image) => SchemaPart.Text("^[^/\\\\]+$"),
        nameof(DistributionEntry.MinRam) or nameof(DistributionEntry.MinDisk) or nameof(DistributionEntry.Behind) => new JsonObject { ["type"] = "integer", ["minimum"] = 0 },
        nameof(PublisherEntry.SignedWithin) or nameof(DistributionEntry.MaxAge) => SchemaPart.Text(SchemaPart.Duration),
        nameof(DistributionEntry.Purpose) => SchemaPart.Choice(ScsMetadata.Purposes),
        nameof(DistributionEntry.ReplaceFrequency) => SchemaPart.Choice(ScsMetadata.Frequencies),
        nameof(DistributionEntry.EndOfSupport) => SchemaPart.Text("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
        nameof(DistributionEntry.Properties) or nameof(DistributionEntry.Parts) => SchemaPart.ByName(SchemaPart.Text()),
        nameof(DistributionEntry.ArchitectureProperties) => SchemaPart.ByName(SchemaPart.ByName(SchemaPart.Text())),
        nameof(DistributionEntry.OtherNames) => SchemaPart.List(SchemaPart.Text("^[^/\\\\]+$")),
        nameof(DistributionEntry.Visibility) => SchemaPart.Choice(Enum.GetNames<ImageVisibility>()),
        nameof(NewestEntry.ClearSigned) => new JsonObject { ["type"] = "boolean" },
        nameof(NewestEntry.In) => SchemaPart.Choice(Enum.GetNames<NewestIn>().Except([nameof(NewestIn.Entry)], StringComparer.Ordinal)),
        nameof(DigestsEntry.Algorithm) => SchemaPart.Choice(Enum.GetNames<DigestAlgorithm>()),
        nameof(SignatureEntry.Form) => SchemaPart.Choice(Enum.GetNames<SignatureForm>()),
        nameof(PublisherEntry.Newest) or nameof(PublisherEntry.Digests) or nameof(PublisherEntry.SignatureFile) => Record(property.PropertyType),
        nameof(PublisherEntry.ArchitectureNames) or nameof(PublisherEntry.ArchitectureDirectories) => SchemaPart.ByName(SchemaPart.Text()),
        _ when property.PropertyType == typeof(string) => SchemaPart.Text(),
        _ => throw new InvalidOperationException($"The schema of catalogues has no shape for {property.Name}."),
    };
}

using System.Text.Json;
using System.Text.Json.Serialization;
using Imgsync.Core.Configuration.Sources;

namespace Imgsync.Core.Catalog.Reading;

/// <summary>A catalogue as it stands in its file. Every field may be missing, because a user's file may change only a few.</summary>
/// <remarks>Members are set and not init, here and in the entries: generated code passes null for an init member that the file leaves
/// out, whatever its default, and cannot fill unknown members that are init.</remarks>
internal sealed record CatalogFile
{
    /// <summary>The built-in catalogue has 5 KiB; a thousand distributions have half of this.</summary>
    public const int MaxBytes = 1024 * 1024;

    public Dictionary<string, PublisherEntry?> Publishers { get; set; } = [];

    public Dictionary<string, DistributionEntry?> Distributions { get; set; } = [];

    /// <summary>Members that no catalogue has. Kept rather than refused by the serializer, so that all are reported at once.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }

    public static CatalogFile ReadBuiltIn()
    {
        using var stream = typeof(CatalogFile).Assembly.GetManifestResourceStream("catalog.json")!;
        return JsonSerializer.Deserialize(stream, CatalogJson.Default.CatalogFile)!;
    }

    /// <summary>The serializer has no other sign of it.</summary>
    private static bool IsHalf(JsonException malformed) =>
        malformed.InnerException?.Message.Contains("UTF-16", StringComparison.Ordinal) == true;

    /// <exception cref="ConfigurationException">The file cannot be read or is not a catalogue.</exception>
    public static CatalogFile Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length > MaxBytes)
                throw new ConfigurationException(
                    $"The catalogue {path} has {stream.Length} bytes, and {MaxBytes.InBytes()} are the most that is read; "
                        + "remove what it does not need.");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return JsonSerializer.Deserialize(SettingsText.Decode(bytes, $"The catalogue {path}"), CatalogJson.Default.CatalogFile)
                ?? throw new ConfigurationException(
                    $"The catalogue {path} holds null; it must be a JSON object with \"publishers\" and \"distributions\".");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(
                $"The catalogue {path} cannot be read ({exception.Message}); correct the setting catalog or the file's permissions.");
        }
        catch (JsonException exception)
        {
            throw new ConfigurationException(
                $"The catalogue {path} is not well-formed at {exception.Path ?? "$"}, {JsonPlace.Of(exception)}; "
                + (IsHalf(exception) ? $"it has half a character, {JsonPlace.HalfCharacter}; " : "")
                + "its schema is that of the built-in catalogue.");
        }
    }
}

/// <summary>How a catalogue is read: strictly, and by code that is generated when Imgsync is
/// built, because reflection takes time at every start.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    PropertyNameCaseInsensitive = false,
    NumberHandling = JsonNumberHandling.Strict,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    MaxDepth = 8,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CatalogFile))]
internal sealed partial class CatalogJson : JsonSerializerContext;

using System.Text.Json;
using Imgsync.Core.Catalog;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

/// <summary>The images of one product of a simplestreams document, <c>products:1.0</c>: its versions stand in no order, so that the
/// last one means nothing. With its signature around it (<c>.sjson</c>) it proves the digests in it.</summary>
/// <remarks>Source: https://git.launchpad.net/simplestreams/tree/doc/README.</remarks>
internal sealed class NewestInSimplestreams(UpstreamClient client, PublisherSignatures signatures) : INewest
{
    /// <summary>Ubuntu's has 18 MB.</summary>
    private const int MaxBytes = 32 * 1024 * 1024;

    public async Task<Offer> FindAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        var piece = spec.Pieces!.Newest;
        var file = await NewestFile.ReadAsync(spec, client, signatures, MaxBytes, cancellationToken);
        using var document = JsonDocuments.Parse(file.Content, file.Location);
        var (templates, steps) = PathParts.Names(spec);
        var names =
            from item in Items(document.RootElement, spec.Publisher.Fill(piece.Product!, spec.Architecture), piece.Item!)
            let path = JsonDocuments.Text(item, "/path")
            where path is not null
            let digest = JsonDocuments.DigestOf(JsonDocuments.Text(item, "/sha512") ?? JsonDocuments.Text(item, "/sha256"))
            select new OfferedName(PathParts.Tail(path, steps), digest);
        return new Offer(file.Location, [.. names], templates, file.Witness, List: null, file.Provenance);
    }

    private static IEnumerable<JsonElement> Items(JsonElement root, string product, string item) =>
        root.ValueKind is JsonValueKind.Object
        && root.TryGetProperty("products", out var products) && products.ValueKind is JsonValueKind.Object
        && products.TryGetProperty(product, out var found)
        && JsonDocuments.Find(found, "/versions") is { ValueKind: JsonValueKind.Object } versions
            ? versions.EnumerateObject().Select(version => JsonDocuments.Find(version.Value, $"/items/{item}")).OfType<JsonElement>()
            : [];
}

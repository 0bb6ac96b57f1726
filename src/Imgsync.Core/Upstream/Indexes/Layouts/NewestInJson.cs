using System.Text.Json;
using Imgsync.Core.Catalog;
using Imgsync.Core.Content;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

/// <summary>The images that a JSON document names, with their digests perhaps: Fedora's <c>releases.json</c>, the streams of Fedora
/// CoreOS, MirrorCache's listings.</summary>
internal sealed class NewestInJson(UpstreamClient client, PublisherSignatures signatures) : INewest
{
    /// <summary>Fedora's has 100 KiB.</summary>
    private const int MaxBytes = 4 * 1024 * 1024;

    public async Task<Offer> FindAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        var piece = spec.Pieces!.Newest;
        var file = await NewestFile.ReadAsync(spec, client, signatures, MaxBytes, cancellationToken);
        using var document = JsonDocuments.Parse(file.Content, file.Location);
        var (templates, steps) = PathParts.Names(spec);
        var names =
            from item in JsonDocuments.Each(document.RootElement, spec.Publisher.Fill(piece.Each ?? "", spec.Architecture))
            let name = JsonDocuments.Text(item, piece.Name ?? "")
            where name is not null
            select new OfferedName(PathParts.Tail(name, steps), DigestAt(item, piece.Digest), DigestAt(item, piece.UnpackedDigest));
        return new Offer(file.Location, [.. names], templates, file.Witness, List: null, file.Provenance);
    }

    private static Digest? DigestAt(JsonElement item, string? pointer) =>
        pointer is null ? null : JsonDocuments.DigestOf(JsonDocuments.Text(item, pointer));
}

using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

/// <summary>The file that the newest revision is read in, proven where it carries its signature.</summary>
/// <param name="Provenance">What it is worth.</param>
internal sealed record NewestFile(Uri Location, byte[] Content, Witness? Witness, Provenance Provenance)
{
    public static async Task<NewestFile> ReadAsync(
        DistributionSpec spec, UpstreamClient client, PublisherSignatures signatures, int maxBytes, CancellationToken cancellationToken)
    {
        var piece = spec.Pieces!.Newest;
        var location = PathParts.Locate(spec, piece.File!);
        if (piece.ClearSigned && spec.Publisher.Signature is not SignaturePolicy.None
            && await signatures.ReadClearSignedAsync(location, maxBytes, spec.Publisher, cancellationToken) is var (signed, good, text))
            return new NewestFile(location, text, WitnessOf(location, signed), good);
        var file = await client.FindAsync(location, maxBytes, cancellationToken) ?? throw UpstreamFailure.Missing(location);
        return new NewestFile(location, file.Content, WitnessOf(location, file), PublisherSignatures.Unsigned(location));
    }

    private static Witness? WitnessOf(Uri location, UpstreamFile file) =>
        file.Version is { } version ? new Witness(location, version) : null;
}

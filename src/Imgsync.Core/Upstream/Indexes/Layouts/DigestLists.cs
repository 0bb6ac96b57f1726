using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

/// <summary>Reads the list that has an image's digest, and has it proven in the form that its publisher signs in.</summary>
internal sealed class DigestLists(UpstreamClient client, PublisherSignatures signatures)
{
    /// <param name="image">What the list is about, or stands beside.</param>
    public async Task<DigestList> ReadAsync(DistributionSpec spec, PinnedFile image, CancellationToken cancellationToken)
    {
        var pieces = spec.Publisher.Pieces!;
        var isSidecar = pieces.Digests.File.Contains(Pieces.Image, StringComparison.Ordinal);
        if (pieces.Signature is { Form: SignatureForm.ClearSigned } around && spec.Publisher.Signature is not SignaturePolicy.None
            && await signatures.ReadClearSignedAsync(Locate(around.File), ChecksumFile.MaxBytes, spec.Publisher, cancellationToken)
                is var (file, signed, text))
            return new DigestList(Locate(around.File), text, file.Version, pieces.Digests.Algorithm, isSidecar, signed);

        var location = Locate(pieces.Digests.File);
        var list = await client.FindAsync(location, ChecksumFile.MaxBytes, cancellationToken) ?? throw UpstreamFailure.Missing(location);
        var provenance = pieces.Signature is { Form: SignatureForm.Detached } beside
            ? await signatures.CheckAsync(list.Content, Locate(beside.File), spec.Publisher, cancellationToken)
            : PublisherSignatures.Unsigned(location);
        return new DigestList(location, list.Content, list.Version, pieces.Digests.Algorithm, isSidecar, provenance);

        Uri Locate(string file) => spec.Locate(image.Directory + spec.Publisher.Fill(
            file.Replace(Pieces.Image, image.FileName, StringComparison.Ordinal), spec.Architecture));
    }
}

/// <param name="IsSidecar">Whether it is about one file, and need not name it.</param>
internal sealed record DigestList(
    Uri Location, byte[] Text, FileVersion? Version, DigestAlgorithm Algorithm, bool IsSidecar, Provenance Provenance)
{
    /// <summary>Each once.</summary>
    public IReadOnlyList<string> Names() => ChecksumFile.Names(Text, Location);

    /// <exception cref="UpstreamException">It has no usable digest for this file.</exception>
    public Digest Find(string fileName) => ChecksumFile.TryFind(Text, fileName, Algorithm, Location)
        ?? (IsSidecar && Names() is [var only] ? ChecksumFile.TryFind(Text, only, Algorithm, Location) : null)
        ?? throw ChecksumFile.Lacks(fileName, Algorithm, Location);
}

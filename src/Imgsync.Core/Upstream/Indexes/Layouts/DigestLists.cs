using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

/// <summary>Reads the list that has an image's digest, and has it proven in the form that its publisher signs in.</summary>
internal sealed class DigestLists(UpstreamClient client, PublisherSignatures signatures)
{
    private static readonly Dictionary<string, string> Nothing = new(StringComparer.Ordinal);

    /// <param name="image">What the list is about, or stands beside.</param>
    /// <param name="parts">Of its revision.</param>
    public async Task<DigestList> ReadAsync(
        DistributionSpec spec, PinnedFile image, IReadOnlyDictionary<string, string> parts, CancellationToken cancellationToken)
    {
        var pieces = spec.Pieces!;
        var digests = pieces.Digests!;
        if (pieces.Signature is { Form: SignatureForm.ClearSigned } around && spec.Publisher.Signature is not SignaturePolicy.None
            && await signatures.ReadClearSignedAsync(Locate(around.File), ChecksumFile.MaxBytes, spec.Publisher, cancellationToken)
                is var (file, signed, text))
            return new DigestList(Locate(around.File), text, file.Version, digests.Algorithm, signed);

        var location = Locate(digests.File);
        var list = await client.FindAsync(location, ChecksumFile.MaxBytes, cancellationToken) ?? throw UpstreamFailure.Missing(location);
        var provenance = pieces.Signature is { Form: SignatureForm.Detached } beside
            ? await signatures.CheckAsync(list.Content, Locate(beside.File), spec.Publisher, cancellationToken)
            : PublisherSignatures.Unsigned(location);
        return new DigestList(location, list.Content, list.Version, digests.Algorithm, provenance);

        Uri Locate(string template) => PathParts.Beside(spec, image, template, parts);
    }

    /// <summary>The names in the list of a directory.</summary>
    public async Task<Offer> OfferAsync(
        DistributionSpec spec, string directory, IReadOnlyDictionary<string, string>? parts, CancellationToken cancellationToken)
    {
        var list = await ReadAsync(spec, new PinnedFile(directory, spec.ImageName), parts ?? Nothing, cancellationToken);
        return new Offer(
            list.Location, OfferedName.All(list.Names()), [spec.ImageName, .. spec.OtherNames],
            list.Version is { } version ? new Witness(list.Location, version) : null, list);
    }
}

internal sealed record DigestList(Uri Location, byte[] Text, FileVersion? Version, DigestAlgorithm Algorithm, Provenance Provenance)
{
    /// <summary>Each once.</summary>
    public IReadOnlyList<string> Names() => ChecksumFile.Names(Text, Location);

    /// <exception cref="UpstreamException">It has no usable digest for this file.</exception>
    public Digest Find(string fileName) => ChecksumFile.Find(Text, fileName, Algorithm, Location);
}

using Imgsync.Core.Catalog;
using Imgsync.Core.Content;
using Imgsync.Core.Signatures.Documents;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Client;
using Imgsync.Core.Upstream.Indexes;

namespace Imgsync.Core.Adding;

/// <summary>Looks beside an image for lists of digests by their usual names, and for what signs them. MD5 and SHA-1 are not looked
/// for.</summary>
internal sealed class DigestSearch(UpstreamClient client, Uri image)
{
    private const int MaxSignatureBytes = 64 * 1024;

    private static readonly DigestAlgorithm[] Sha256 = [DigestAlgorithm.Sha256];
    private static readonly DigestAlgorithm[] Sha512 = [DigestAlgorithm.Sha512];
    private static readonly DigestAlgorithm[] Either = [DigestAlgorithm.Sha512, DigestAlgorithm.Sha256];

    private static readonly (string File, DigestAlgorithm[] Algorithms)[] Lists =
    [
        ("SHA512SUMS", Sha512), ("SHA256SUMS", Sha256), ("CHECKSUM", Either), ($"{NameTemplate.Image}.sha512", Sha512),
        ($"{NameTemplate.Image}.sha256", Sha256), ($"{NameTemplate.Image}.SHA256SUM", Sha256), ($"{NameTemplate.Image}.CHECKSUM", Either),
        ($"{NameTemplate.Image}.DIGESTS", Either),
    ];

    private static readonly string[] Signatures = [".asc", ".sig", ".gpg"];

    /// <summary>Every list that has the image's digest, a signed one first.</summary>
    /// <exception cref="UpstreamException">A list contradicts itself or another one.</exception>
    public async Task<IReadOnlyList<FoundList>> FindAsync(CancellationToken cancellationToken)
    {
        var found = (await Task.WhenAll(Lists.Select(list => ReadAsync(list.File, list.Algorithms, cancellationToken))))
            .OfType<FoundList>().ToList();
        foreach (var (one, other) in found.SelectMany(one => found.Select(other => (one, other))))
        {
            if (one.Digest.Algorithm == other.Digest.Algorithm && one.Digest != other.Digest)
                throw new UpstreamException(
                    $"{one.Location.InMessages()} and {other.Location.InMessages()} give {image.Segments[^1]} two different digests; "
                        + "ask the publisher which is right.");
        }

        var signed = await Task.WhenAll(found.Select(list => WithSignatureAsync(list, cancellationToken)));
        return [.. signed.OrderBy(list => list.Signature is null)];
    }

    private async Task<FoundList?> ReadAsync(string file, DigestAlgorithm[] algorithms, CancellationToken cancellationToken)
    {
        var name = Uri.UnescapeDataString(image.Segments[^1]);
        var location = Beside(file);
        if (await ReadAsync(location, ChecksumFile.MaxBytes, cancellationToken) is not { } text)
            return null;

        // A digest that stands alone shows by its length what it is.
        var alone = text.AsSpan().Trim((byte)'\n').Length;
        return algorithms
            .Where(algorithm => algorithms.Length == 1 || alone != Either.First(other => other != algorithm).ByteLength() * 2)
            .Select(algorithm => ChecksumFile.TryFind(text, name, algorithm, location))
            .OfType<Digest>()
            .Select(digest => new FoundList(file, location, text, digest))
            .FirstOrDefault();
    }

    private async Task<FoundList> WithSignatureAsync(FoundList list, CancellationToken cancellationToken)
    {
        if (list.Text.AsSpan().StartsWith("-----BEGIN PGP SIGNED"u8))
            return list with { Signature = new SignaturePiece(list.File, SignatureForm.ClearSigned), SignatureBytes = list.Text };

        foreach (var ending in Signatures)
        {
            if (await ReadAsync(Beside(list.File + ending), MaxSignatureBytes, cancellationToken) is { } bytes
                && SignatureVerifier.Issuers(bytes) is not [])
                return list with { Signature = new SignaturePiece(list.File + ending, SignatureForm.Detached), SignatureBytes = bytes };
        }

        return list;
    }

    private Uri Beside(string file) => new(image, file.Replace(NameTemplate.Image, image.Segments[^1], StringComparison.Ordinal));

    /// <summary>Null where there is none, whatever the server calls that: some answer 403 for what they do not have.</summary>
    private async Task<byte[]?> ReadAsync(Uri location, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            if (!location.IsFile)
                return await client.ReadIfPresentAsync(location, maxBytes, cancellationToken);
            return new FileInfo(location.LocalPath) is { Exists: true } file && file.Length <= maxBytes
                ? await File.ReadAllBytesAsync(location.LocalPath, cancellationToken)
                : null;
        }
        catch (Exception missing) when (missing is UpstreamException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>A list that has the image's digest.</summary>
/// <param name="File">As a catalogue names it: <c>{image}.sha256</c>.</param>
internal sealed record FoundList(string File, Uri Location, byte[] Text, Digest Digest)
{
    public SignaturePiece? Signature { get; init; }

    public byte[]? SignatureBytes { get; init; }

    /// <summary>Who signed by the signature's own word.</summary>
    public IReadOnlyList<string> Issuers => SignatureBytes is null ? [] : SignatureVerifier.Issuers(SignatureBytes);

    /// <summary>Other names in it with the same digest: of an alias the stamped one, and the other way round.</summary>
    public IReadOnlyList<string> Twins(string file) =>
    [
        .. ChecksumFile.Names(Text, Location)
            .Where(name => name != file && ChecksumFile.TryFind(Text, name, Digest.Algorithm, Location) == Digest),
    ];

    /// <summary>Whether it is about all images of its directory.</summary>
    public bool IsOfDirectory => !File.Contains(NameTemplate.Image, StringComparison.Ordinal);
}

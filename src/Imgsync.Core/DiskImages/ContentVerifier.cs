using Imgsync.Core.Content;

namespace Imgsync.Core.DiskImages;

/// <summary>Takes part in a pass, then gives the one verdict that everything else waits for.</summary>
/// <param name="published">The digest that the publisher lists; null where it lists that of the packed form alone.</param>
/// <param name="diskFormat">What the image must be: Glance's <c>disk_format</c>.</param>
/// <param name="location">Where the bytes come from, for messages.</param>
/// <param name="sha256">Whether somebody needs SHA-256, though it is not what the publisher lists.</param>
public sealed class ContentVerifier(Digest? published, string diskFormat, Uri location, bool sha256) : IByteSink, IDisposable
{
    private readonly ContentHasher _hasher = new(sha256 || published?.Algorithm is DigestAlgorithm.Sha256);
    private readonly DiskImageInspector _inspector = new();

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _inspector.Append(bytes.Span);
        return _hasher.WriteAsync(bytes, cancellationToken);
    }

    /// <summary>Looks at the digest alone.</summary>
    /// <exception cref="WrongDigestException">It is not what it must be.</exception>
    public ContentFacts Prove()
    {
        var facts = _hasher.Finish();
        if (published is not null)
            facts.Require(published, location);
        return facts;
    }

    /// <exception cref="IntegrityException">Digest or disk image is not what it must be.</exception>
    public VerifiedContent Conclude()
    {
        var facts = Prove();
        return new VerifiedContent(facts, _inspector.Conclude(facts.Length, diskFormat));
    }

    public void Dispose() => _hasher.Dispose();
}

/// <summary>Content that is the publisher's, byte for byte, and is the disk image it should be.</summary>
/// <param name="Facts">Of the disk image.</param>
/// <param name="Packed">Of the file that it was unpacked or converted from, which is what the publisher's digest is of; null where it is
/// that file.</param>
public sealed record VerifiedContent(ContentFacts Facts, DiskImage Disk, ContentFacts? Packed = null)
{
    /// <summary>Of what the publisher publishes.</summary>
    public ContentFacts Published => Packed ?? Facts;
}

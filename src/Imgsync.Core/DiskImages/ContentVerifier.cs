using Imgsync.Core.Content;

namespace Imgsync.Core.DiskImages;

/// <summary>Takes part in a pass, then gives the one verdict that everything else waits for.</summary>
/// <param name="published">The digest that the publisher lists.</param>
/// <param name="diskFormat">What the image must be: Glance's <c>disk_format</c>.</param>
/// <param name="location">Where the bytes come from, for messages.</param>
public sealed class ContentVerifier(Digest published, string diskFormat, Uri location) : IByteSink, IDisposable
{
    private readonly ContentHasher _hasher = new();
    private readonly DiskImageInspector _inspector = new();

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _inspector.Append(bytes.Span);
        return _hasher.WriteAsync(bytes, cancellationToken);
    }

    /// <exception cref="IntegrityException">Digest or disk image is not what it must be.</exception>
    public VerifiedContent Conclude()
    {
        var facts = _hasher.Finish();
        if (facts[published.Algorithm] != published)
            throw new WrongDigestException(
                $"{location.InMessages()} does not hash to {published}, which its publisher lists; it is refused, look at the publisher's "
                    + "news or at your mirror.");

        return new VerifiedContent(facts, _inspector.Conclude(facts.Length, diskFormat));
    }

    public void Dispose() => _hasher.Dispose();
}

/// <summary>Content that is the publisher's, byte for byte, and is the disk image it should be.</summary>
public sealed record VerifiedContent(ContentFacts Facts, DiskImage Disk);

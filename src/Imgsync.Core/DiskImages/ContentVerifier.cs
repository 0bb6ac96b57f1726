using Imgsync.Core.Content;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.DiskImages;

/// <summary>Takes part in a pass, then gives the one verdict that everything else waits for.</summary>
public sealed class ContentVerifier(ResolvedImage image, DiskImageLimits limits) : IByteSink, IDisposable
{
    private readonly ContentHasher _hasher = new();
    private readonly DiskImageInspector _inspector = new(limits);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _inspector.Append(bytes.Span);
        return _hasher.WriteAsync(bytes, cancellationToken);
    }

    /// <exception cref="IntegrityException">Digest or disk image is not what it must be.</exception>
    public VerifiedContent Conclude()
    {
        var facts = _hasher.Finish();
        if (facts[image.Digest.Algorithm] != image.Digest)
            throw new WrongDigestException($"{image.Location.InMessages()} hashes to {facts[image.Digest.Algorithm]} over {facts.Length} bytes, and its publisher lists {image.Digest}; it is refused, look at the publisher's news or at your mirror.");

        return new VerifiedContent(facts, _inspector.Conclude(facts.Length, image.DiskFormat));
    }

    public void Dispose() => _hasher.Dispose();
}

/// <summary>Content that is the publisher's, byte for byte, and is the disk image it should be.</summary>
public sealed record VerifiedContent(ContentFacts Facts, DiskImage Disk);

using Imgsync.Core.Content;

namespace Imgsync.Core.Signatures.Documents;

/// <summary>A signature over an image, checked while the image passes by.</summary>
public sealed class SignedPass : IByteSink, IDisposable
{
    private readonly PassingContent _content;
    private readonly Func<CancellationToken, Task<GoodSignature>> _find;

    internal SignedPass(PassingContent content, Func<CancellationToken, Task<GoodSignature>> find) => (_content, _find) = (content, find);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _content.WriteAsync(bytes, cancellationToken);

    /// <summary>The verdict, once all bytes have passed by.</summary>
    /// <exception cref="SignatureException">The content is not provably the publisher's.</exception>
    public Task<GoodSignature> ConcludeAsync(CancellationToken cancellationToken) => _find(cancellationToken);

    public void Dispose() => _content.Dispose();
}

using Imgsync.Core.Content;
using Imgsync.Core.Signatures;
using Imgsync.Core.Signatures.Documents;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Transfer;

/// <summary>Proves the signature over an image in every pass in which its bytes go by, where there is one.</summary>
public sealed class ImageSignatures(SignatureVerifier verifier)
{
    /// <summary>What the published bytes have to go to.</summary>
    internal ImageSignatureCheck Begin(ResolvedImage image) => new(
        image, image.Signature is { } signature ? verifier.Begin(signature.Bytes, signature.SignedBy, signature.Place) : null);
}

/// <summary>One pass of one image.</summary>
internal sealed class ImageSignatureCheck(ResolvedImage image, SignedPass? pass) : IByteSink, IDisposable
{
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        pass?.WriteAsync(bytes, cancellationToken) ?? ValueTask.CompletedTask;

    /// <exception cref="IntegrityException">Another key has signed than the one that was told, or none that is pinned.</exception>
    public async Task RequireAsync(CancellationToken cancellationToken)
    {
        if (pass is not null && (await pass.ConcludeAsync(cancellationToken)).Fingerprint != image.Provenance.SignedBy)
            throw new SignatureException(
                $"The signature {image.Signature!.Place} is by another key than {image.Provenance.SignedBy}, which it had claimed; "
                    + "try again, and look at the publisher's news.");
    }

    public void Dispose() => pass?.Dispose();
}

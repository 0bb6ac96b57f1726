using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Signatures;
using Imgsync.Core.Signatures.Documents;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Upstream.Indexes;

/// <summary>Decides by the publisher's policy and pinned keys what a list of digests is worth: a <see cref="SignatureCheck"/>.</summary>
public sealed class PublisherSignatures(UpstreamClient client, SignatureVerifier verifier)
{
    private const int MaxSignatureBytes = 64 * 1024;

    public async Task<Provenance> CheckAsync(
        ReadOnlyMemory<byte> signedFile, Uri signatureLocation, Publisher publisher, CancellationToken cancellationToken)
    {
        if (publisher.Signature is SignaturePolicy.None)
            return Unsigned(signatureLocation);

        var signature = await client.ReadIfPresentAsync(signatureLocation, MaxSignatureBytes, cancellationToken);
        if (signature is null)
        {
            return publisher.Signature is SignaturePolicy.Preferred
                ? Unsigned(signatureLocation)
                : throw Missing(signatureLocation);
        }

        var good = await verifier.VerifyDetachedAsync(
            signedFile, signature, publisher.SignedBy, signatureLocation.InMessages(), cancellationToken);
        return By(good.Fingerprint, good.MadeAt, good.KeyEnds);
    }

    /// <summary>Reads a list with its signature around it. Null when it is missing and the policy lets that pass.</summary>
    public async Task<(UpstreamFile File, Provenance Provenance, byte[] Signed)?> ReadClearSignedAsync(
        Uri location, int maxBytes, Publisher publisher, CancellationToken cancellationToken)
    {
        if (await client.FindAsync(location, maxBytes, cancellationToken) is not { } file)
            return publisher.Signature is SignaturePolicy.Preferred ? null : throw Missing(location);

        var good = await verifier.VerifyClearSignedAsync(file.Content, publisher.SignedBy, location.InMessages(), cancellationToken);
        return (file, By(good.Fingerprint, good.MadeAt, good.KeyEnds), good.Text);
    }

    /// <summary>Reads a signature over an image, and checks all of it that can be checked before the image comes. Null when it is missing
    /// and the policy lets that pass.</summary>
    public async Task<(Provenance Provenance, ImageSignature Signature)?> ReadImageSignatureAsync(
        Uri location, Publisher publisher, CancellationToken cancellationToken)
    {
        if (publisher.Signature is SignaturePolicy.None)
            return null;
        if (await client.ReadIfPresentAsync(location, MaxSignatureBytes, cancellationToken) is not { } signature)
            return publisher.Signature is SignaturePolicy.Preferred ? null : throw Missing(location);

        var claimed = await verifier.ExamineAsync(signature, publisher.SignedBy, location.InMessages(), cancellationToken);
        return (
            By(claimed.Fingerprint, claimed.MadeAt, claimed.KeyEnds),
            new ImageSignature(signature, publisher.SignedBy, location.InMessages()));
    }

    private static Provenance By(string fingerprint, DateTimeOffset madeAt, DateTimeOffset? keyEnds) =>
        new(ProvenanceKind.Signed, fingerprint, madeAt) { KeyEnds = keyEnds };

    private static SignatureException Missing(Uri location) => new(
        $"{location.InMessages()} is missing, and without it nothing of this publisher is used; complete the mirror, or read from the "
            + "publisher's own tree.");

    /// <summary>What a digest is worth that nobody signed: as much as the connection it came over.</summary>
    public static Provenance Unsigned(Uri location) =>
        new(location.Scheme == Uri.UriSchemeHttps ? ProvenanceKind.DigestOverHttps : ProvenanceKind.DigestOverHttp);
}

/// <summary>Decides what a signed list is worth under the publisher's policy.</summary>
/// <param name="signedFile">The exact bytes that were signed.</param>
/// <param name="signatureLocation">Where the detached signature is published, pinned to the same directory.</param>
/// <exception cref="Content.IntegrityException">The policy is not met.</exception>
public delegate Task<Provenance> SignatureCheck(
    ReadOnlyMemory<byte> signedFile, Uri signatureLocation, Publisher publisher, CancellationToken cancellationToken);

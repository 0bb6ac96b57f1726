using Imgsync.Core.Catalog;

namespace Imgsync.Core.Upstream.Indexes;

/// <summary>Decides what a signed list is worth under the publisher's policy.</summary>
/// <param name="signedFile">The exact bytes that were signed.</param>
/// <param name="signatureLocation">Where the detached signature is published, pinned to the same directory.</param>
/// <exception cref="Content.IntegrityException">The policy is not met.</exception>
public delegate Task<Provenance> SignatureCheck(
    ReadOnlyMemory<byte> signedFile, Uri signatureLocation, Publisher publisher, CancellationToken cancellationToken);

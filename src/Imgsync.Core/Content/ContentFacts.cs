namespace Imgsync.Core.Content;

/// <summary>What some bytes turned out to be once all of them had passed by.</summary>
/// <param name="Length">In bytes.</param>
public sealed record ContentFacts(long Length, Digest Sha256, Digest Sha512)
{
    public Digest this[DigestAlgorithm algorithm] => algorithm == DigestAlgorithm.Sha256 ? Sha256 : Sha512;
}

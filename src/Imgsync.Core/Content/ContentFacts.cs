using System.Text.Json.Serialization;

namespace Imgsync.Core.Content;

/// <summary>What some bytes turned out to be once all of them had passed by.</summary>
/// <param name="Length">In bytes.</param>
/// <param name="Sha256">Null where nobody needed it.</param>
/// <param name="Sha512">Always known: Glance confirms it, unless it is told otherwise.</param>
public sealed record ContentFacts(
    long Length, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Digest? Sha256, Digest Sha512)
{
    public Digest? this[DigestAlgorithm algorithm] => algorithm == DigestAlgorithm.Sha256 ? Sha256 : Sha512;

    /// <summary>Whether these are the bytes that a digest is of.</summary>
    public bool Are(Digest published) => this[published.Algorithm] == published;

    /// <param name="location">Where they come from, for the message.</param>
    /// <exception cref="WrongDigestException">They are others than the publisher's.</exception>
    public void Require(Digest published, Uri location)
    {
        if (!Are(published))
            throw new WrongDigestException(
                $"{location.InMessages()} does not hash to {published}, which its publisher lists; it is refused, look at the publisher's "
                    + "news or at your mirror.");
    }
}

using Imgsync.Core.Content;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Staging;

/// <summary>Verified bytes at rest. Its existence is the proof: nothing gets this name before digest and length agree.</summary>
/// <param name="Name">Named by content, <c>&lt;distribution&gt;/&lt;digest&gt;.&lt;format&gt;</c>, the same in every store.</param>
public sealed record StagedImage(string Name, ContentFacts Facts);

/// <summary>Names staged content by what it is, never by when it came.</summary>
public static class StagedName
{
    /// <summary><c>debian12/sha512-3f…9a.qcow2</c></summary>
    public static string Of(ResolvedImage image) =>
        $"{image.Distribution}/{image.Digest.Algorithm.Label()}-{image.Digest.Hex}{Path.GetExtension(image.Location.AbsolutePath)}";
}

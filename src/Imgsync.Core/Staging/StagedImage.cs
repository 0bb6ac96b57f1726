using Imgsync.Core.Content;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Staging;

/// <summary>Verified bytes at rest. Its existence is the proof: nothing gets this name before digest and length agree.</summary>
/// <param name="Name">By what it is, never by when it came, and the same in every store: see <see cref="NameOf"/>.</param>
public sealed record StagedImage(string Name, ContentFacts Facts)
{
    /// <summary><c>debian12/sha512-3f…9a.qcow2</c></summary>
    public static string NameOf(ResolvedImage image) =>
        $"{image.Distribution}/{image.Digest.Algorithm.Label()}-{image.Digest.Hex}{Path.GetExtension(image.Location.AbsolutePath)}";
}

/// <summary>A link to a staged copy, for somebody who cannot sign in to the store.</summary>
/// <param name="Name">What it is killed by. It opens nothing.</param>
/// <param name="Url">Whoever has it can read the copy, so that it must not be seen.</param>
public sealed record StagedLink(string Name, Secret Url);

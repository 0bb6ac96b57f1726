using Imgsync.Core.Content;

namespace Imgsync.Core.Staging;

/// <summary>Verified bytes at rest. Its existence is the proof: nothing gets this name before digest and length agree.</summary>
/// <param name="Name">Named by content, <c>&lt;distribution&gt;/&lt;digest&gt;.&lt;format&gt;</c>, the same in every store.</param>
public sealed record StagedImage(string Name, ContentFacts Facts);

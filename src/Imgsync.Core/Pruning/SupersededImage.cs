using Imgsync.Core.Glance.Api;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Pruning;

/// <summary>One image and what is to become of it.</summary>
/// <param name="By">The revision that replaced it; empty where none did.</param>
public sealed record SupersededImage(GlanceImage Image, PruneAction Action, string By);

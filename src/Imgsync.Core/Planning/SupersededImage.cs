using Imgsync.Core.Glance.Api;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Planning;

/// <summary>One image and what is to become of it.</summary>
/// <param name="By">The revision that replaced it; empty where none did.</param>
public sealed record SupersededImage(GlanceImage Image, PruneAction Action, string By)
{
    /// <summary>The id of the image that stays of two with one content and revision; null where that is not why.</summary>
    public string? TwinOf { get; init; }

    /// <summary>Whether the twin that stays was made to replace this one.</summary>
    public bool IsReplaced { get; init; }

    /// <summary>The id of the image that users are left with: it must be there and visible, or
    /// nothing is deleted. Null where none is needed.</summary>
    public string? Keeper { get; init; }
}

/// <summary>How a superseded image is called: <c>Debian 12 [20240701-1790] (superseded 20240717-1811)</c>.</summary>
internal static class SupersededName
{
    private const string Opening = " (superseded ";

    public static bool IsSuperseded(string name) => name.Contains(Opening, StringComparison.Ordinal) && name.EndsWith(')');

    /// <param name="by">The revision that replaced it: not today's date, so that the name says the same whenever it was given.</param>
    public static string Of(string name, string by) => IsSuperseded(name) ? name : $"{name}{Opening}{by})";
}

using Imgsync.Core.Configuration;

namespace Imgsync.Core.Glance;

internal static class GlanceWords
{
    /// <summary>As the API writes it.</summary>
    public static string InGlance(this ImageVisibility visibility) => visibility switch
    {
        ImageVisibility.Public => "public",
        ImageVisibility.Community => "community",
        ImageVisibility.Shared => "shared",
        ImageVisibility.Private => "private",
        _ => throw new ArgumentOutOfRangeException(nameof(visibility), visibility, "not a known visibility"),
    };
}

namespace Imgsync.Core.Pruning;

/// <summary>How a superseded image is called: <c>Debian 12 [20240717-1811] (superseded 20240801)</c>.</summary>
internal static class SupersededName
{
    private const string Opening = " (superseded ";

    public static bool IsSuperseded(string name) => name.Contains(Opening, StringComparison.Ordinal) && name.EndsWith(')');

    /// <param name="on">The day it was renamed.</param>
    public static string Of(string name, string on) => IsSuperseded(name) ? name : $"{name}{Opening}{on})";
}

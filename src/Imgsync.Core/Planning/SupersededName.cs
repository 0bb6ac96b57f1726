namespace Imgsync.Core.Planning;

/// <summary>How a superseded image is called: <c>Debian 12 [20240701-1790] (superseded 20240717-1811)</c>.</summary>
internal static class SupersededName
{
    private const string Opening = " (superseded ";

    public static bool IsSuperseded(string name) => name.Contains(Opening, StringComparison.Ordinal) && name.EndsWith(')');

    /// <param name="by">The revision that replaced it: not today's date, so that the name says the same whenever it was given.</param>
    public static string Of(string name, string by) => IsSuperseded(name) ? name : $"{name}{Opening}{by})";
}

using System.Text.RegularExpressions;
using Imgsync.Core.Content;

namespace Imgsync.Core.Upstream.Indexes;

/// <summary>One line of a checksum file that is an entry, in whichever of the usual forms.</summary>
/// <param name="Algorithm">As the line names it, which only the BSD form does.</param>
/// <param name="FileName">Null for a digest that stands alone.</param>
internal sealed partial record ChecksumLine(string? Algorithm, string Hex, string? FileName)
{
    /// <summary>Null for everything else: blank lines, comments, armour, and whatever a publisher may think of.</summary>
    public static ChecksumLine? TryParse(string line)
    {
        var text = line.Trim();
        if (text.StartsWith('#'))
            return null;

        var match = Bsd().Match(text);
        if (!match.Success)
            match = Gnu().Match(text);
        return match.Success ? new(Group(match, "algorithm"), match.Groups["hex"].Value, WithoutDot(Group(match, "name"))) : null;
    }

    /// <summary>The whole name counts, and so does the algorithm where the line names one.</summary>
    public bool IsFor(string fileName, DigestAlgorithm algorithm) =>
        string.Equals(FileName, fileName, StringComparison.Ordinal)
        && fileName.AsSpan().IndexOfAny('/', '\\') < 0
        && (Algorithm is null || Algorithm.Replace("-", "", StringComparison.Ordinal).Equals(algorithm.Label(), StringComparison.OrdinalIgnoreCase));

    private static string? Group(Match match, string name) => match.Groups[name] is { Success: true } group ? group.Value : null;

    private static string? WithoutDot(string? name) => name?.StartsWith("./", StringComparison.Ordinal) == true ? name[2..] : name;

    [GeneratedRegex(@"\A(?<algorithm>[A-Za-z0-9-]+) ?\((?<name>.+)\) ?= ?(?<hex>[0-9A-Fa-f]+)\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Bsd();

    [GeneratedRegex(@"\A(?<hex>[0-9A-Fa-f]+)([ \t][ \t*]?(?<name>[^ \t*].*))?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Gnu();
}

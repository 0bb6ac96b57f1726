using System.Text.RegularExpressions;

namespace Imgsync.Core.Configuration.Sources;

/// <summary>
/// The INI dialect of oslo.config: an option may stand several times, a line that begins with a blank continues the one before it,
/// and <c>$name</c> stands for another option. No reader of .NET's knows these.
/// </summary>
internal static partial class OsloFile
{
    private const string DefaultSection = "DEFAULT";

    public static IReadOnlyList<OsloOption> Read(string path) =>
        Resolve([.. Parse(SettingsText.Read(path).ReplaceLineEndings("\n").Split('\n'), path)]);

    private static IEnumerable<OsloOption> Parse(string[] lines, string path)
    {
        var section = DefaultSection;
        OsloOption? open = null;
        for (var number = 1; number <= lines.Length; number++)
        {
            var line = lines[number - 1].TrimEnd();
            if (open is not null && line.Length > 0 && char.IsWhiteSpace(line[0]))
            {
                open = open with { Value = open.Value + "\n" + line.Trim() };
                continue;
            }

            if (open is not null)
                yield return open;
            open = null;
            if (line.Length == 0 || line[0] is '#' or ';')
                continue;
            if (line[0] == '[' && line[^1] == ']')
                section = line[1..^1].Trim();
            else
                open = Option(line, section) ?? throw new ConfigurationException(
                    $"The settings file {path} has at line {number} neither a section in brackets nor an option with its '='.");
        }

        if (open is not null)
            yield return open;
    }

    private static OsloOption? Option(string line, string section)
    {
        var delimiter = line.IndexOfAny(['=', ':']);
        return delimiter > 0 ? new OsloOption(section, line[..delimiter].Trim(), Unquote(line[(delimiter + 1)..].Trim())) : null;
    }

    private static string Unquote(string value) =>
        value.Length > 1 && value[0] is '"' or '\'' && value[^1] == value[0] ? value[1..^1] : value;

    /// <summary>A dollar sign that stands for itself is doubled or escaped.</summary>
    private static List<OsloOption> Resolve(List<OsloOption> options)
    {
        var values = options.ToLookup(option => (option.Section, option.Name), option => option.Value);
        return options.ConvertAll(option => option with
        {
            Value = Reference().Replace(option.Value, match => match.Groups["name"] is { Success: true } name
                ? values[(option.Section, name.Value)].LastOrDefault(values[(DefaultSection, name.Value)].LastOrDefault(match.Value))
                : "$"),
        });
    }

    [GeneratedRegex(@"\$\$|\\\$|\$(?<name>[A-Za-z_]\w*)|\$\{(?<name>[A-Za-z_]\w*)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reference();
}

/// <summary>One line <c>name = value</c> below its <c>[section]</c>.</summary>
internal sealed record OsloOption(string Section, string Name, string Value)
{
    public override string ToString() => $"[{Section}] {Name}";
}

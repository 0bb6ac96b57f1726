using System.Text.RegularExpressions;

namespace Imgsync.Core.Catalog;

/// <summary>A path or a name with placeholders in it: <c>Fedora-Cloud-Base-Generic-{release}-{build}.{arch}.qcow2</c>.</summary>
public static partial class NameTemplate
{
    /// <summary>Stands for the architecture as the publisher spells it.</summary>
    public const string Architecture = "{arch}";

    /// <summary>Stands, in the name of a digest list or of a signature, for the image's name.</summary>
    public const string Image = "{image}";

    /// <summary>Stands for the revision where it has no parts with names of their own.</summary>
    public const string Revision = "{revision}";

    /// <summary>The parts of a revision that stand in it, each once, in order.</summary>
    public static IReadOnlyList<string> Parts(string template) =>
    [
        .. Placeholder().Matches(template)
            .Where(match => match.Value is not (Architecture or Image))
            .Select(match => match.Groups["name"].Value)
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>With these in the place of their placeholders; others stay.</summary>
    public static string Fill(string template, IReadOnlyDictionary<string, string> values) => Placeholder().Replace(
        template, match => values.TryGetValue(match.Groups["name"].Value, out var value) ? value : match.Value);

    /// <summary>With something in the place of every placeholder, so that the rules for names can be asked about it.</summary>
    internal static string Example(string template) => Placeholder().Replace(template, "1");

    [GeneratedRegex(@"\{(?<name>[a-z][A-Za-z0-9]{0,31})\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();
}

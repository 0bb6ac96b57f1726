using System.Text.RegularExpressions;

namespace Imgsync.Core.Catalog;

/// <summary>Where in a path or a name the parts of a revision stand. The whole name has to match, so that no variant of an image
/// passes for it.</summary>
internal sealed class PartPattern
{
    private readonly string[] _unknown;
    private readonly Regex _pattern;

    /// <param name="known">Parts that are known already; null for none.</param>
    public PartPattern(DistributionSpec spec, string template, IReadOnlyDictionary<string, string>? known)
        : this(spec.Parts, template, known)
    {
    }

    /// <param name="parts">What each part looks like, as a regular expression.</param>
    public PartPattern(
        IReadOnlyDictionary<string, string> parts, string template, IReadOnlyDictionary<string, string>? known = null)
    {
        var text = known is null ? template : NameTemplate.Fill(template, known);
        _unknown = [.. NameTemplate.Parts(text)];
        var pattern = Regex.Escape(text);
        foreach (var part in _unknown)
            pattern = pattern.Replace(Regex.Escape($"{{{part}}}"), $"(?<{part}>{parts[part]})", StringComparison.Ordinal);

        // Without backtracking no name that a server makes up takes long.
        _pattern = new Regex(
            $@"\A{pattern}\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1));
    }

    /// <summary>The parts that stand in this name; null where the name is another one.</summary>
    public IReadOnlyDictionary<string, string>? Match(string name)
    {
        var match = _pattern.Match(name);
        if (!match.Success)
            return null;

        // A part that stands twice has to be the same.
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in _unknown)
        {
            var values = match.Groups[part].Captures.Select(capture => capture.Value).Distinct(StringComparer.Ordinal).ToList();
            if (values is not [var value] || !NamePatterns.Revision().IsMatch(value))
                return null;
            parts[part] = value;
        }

        return parts;
    }
}

using System.Text.RegularExpressions;

namespace Imgsync.Core.Configuration.Loading;

/// <summary>What an image may be called and marked with, decided before any byte moves.</summary>
internal static partial class PublishRules
{
    // The columns of Glance's table image_properties: VARCHAR(255) and TEXT.
    private const int LongestName = 255;
    private const int LongestValue = 65535;

    // The Image API's schema.
    private const int LongestTag = 255;

    private static readonly string[] Placeholders = ["prefix", "title", "revision", "distribution", "architecture", "date"];
    private static readonly string[] TagPlaceholders = ["osDistro", "osVersion", "distribution", "architecture"];

    public static IEnumerable<string> CheckTemplate(string? template, string label) => CheckTemplate(template, label, Placeholders);

    /// <summary>A name that moves from revision to revision cannot hold what differs between them.</summary>
    public static IEnumerable<string> CheckLatestName(string? template, string label) =>
        template is "" ? [] : CheckTemplate(template, label, [.. Placeholders.Except(["revision", "date"], StringComparer.Ordinal)]);

    private static IEnumerable<string> CheckTemplate(string? template, string label, string[] placeholders)
    {
        if (template is null)
            return [];

        return string.IsNullOrWhiteSpace(template)
            ? [$"{label} is empty, and an image needs a name."]
            : CheckPlaceholders(template, label, placeholders);
    }

    private static IEnumerable<string> CheckPlaceholders(string template, string label, string[] placeholders) =>
        Placeholder().Matches(template)
            .Select(match => match.Groups["name"].Value)
            .Where(name => !placeholders.Contains(name, StringComparer.Ordinal))
            .Select(name => $"{label} holds the unknown placeholder '{{{name}}}': use {{{string.Join("}, {", placeholders)}}}.");

    public static IEnumerable<string> CheckProperties(IEnumerable<KeyValuePair<string, string>> properties, Func<string, string> label)
    {
        foreach (var (name, value) in properties)
        {
            if (PropertyNames.IsMark(name))
                yield return $"{label(name)} sets the property '{name}', by which imgsync knows its own images: leave it out.";
            else if (PropertyNames.IsAttribute(name))
                yield return $"{label(name)} sets '{name}', which is an attribute of every image and no property: leave it out.";
            else if (PropertyNames.IsReserved(name))
                yield return $"{label(name)} sets the property '{name}', but Glance keeps names with os_glance to itself: leave it out.";
            else if (name.Length > LongestName || string.IsNullOrWhiteSpace(name))
                yield return $"{label(name)} sets a property whose name has {name.Length} characters: Glance stores 1 to {LongestName}.";
            else if (value.Length > LongestValue)
                yield return $"{label(name)} gives the property '{name}' {value.Length} characters: Glance stores at most {LongestValue}.";
        }
    }

    public static IEnumerable<string> CheckRemoved(IEnumerable<string> names, string label) => names
        .Where(PropertyNames.IsMark)
        .Select(name => $"{label} takes away the property '{name}', by which imgsync knows its own images: leave it in.");

    public static IEnumerable<string> CheckTags(IReadOnlyList<string> tags, string label)
    {
        foreach (var tag in tags.Distinct(StringComparer.Ordinal))
        {
            if (tag.Length > LongestTag || string.IsNullOrWhiteSpace(tag))
                yield return $"{label} holds a tag of {tag.Length} characters: Glance stores 1 to {LongestTag}.";
            if (tags.Count(other => other == tag) is > 1 and var times)
                yield return $"{label} holds the tag '{tag}' {times} times: once is enough.";
            foreach (var fault in CheckPlaceholders(tag, label, TagPlaceholders))
                yield return fault;
        }
    }

    public static IEnumerable<string> CheckMembers(IEnumerable<string> members, string label) => members
        .Where(member => string.IsNullOrWhiteSpace(member) || ProjectName.In(member) is { Name: "" } or { Domain: "" })
        .Select(member => $"{label} holds '{member}': a member is a project's id, or its name and domain, such as web@customers.");

    [GeneratedRegex(@"\{(?<name>[^{}]*)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();
}

using System.Text.RegularExpressions;

namespace Imgsync.Core.Configuration.Loading;

/// <summary>What an image may be called and marked with, decided before any byte moves.</summary>
internal static partial class PublishRules
{
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

    public static IEnumerable<string> CheckProperties(IEnumerable<KeyValuePair<string, string>> properties, Func<string, string> label) =>
        from property in properties
        let complaint = PropertyNames.Complaint(property.Key, property.Value)
        where complaint is not null
        select $"{label(property.Key)} {complaint}.";

    /// <summary>Where the profile is <c>scs</c>, a property that the standard names has one of its values. What is filled in later is not
    /// known yet.</summary>
    public static IEnumerable<string> CheckScs(IEnumerable<KeyValuePair<string, string>> properties, Func<string, string> label) =>
        from property in properties
        where !property.Value.Contains('{')
        let complaint = ScsMetadata.Complaint(property.Key, property.Value)
        where complaint is not null
        select $"{label(property.Key)} is '{property.Value}': {complaint} (scs-0102), as publish.metadata is scs.";

    public static IEnumerable<string> CheckRemoved(IEnumerable<string> names, string label)
    {
        foreach (var name in names)
        {
            if (PropertyNames.IsMark(name))
                yield return $"{label} takes away the property '{name}', by which imgsync knows its own images: leave it in.";
            else if (PropertyNames.IsAttribute(name) || PropertyNames.IsReserved(name))
                yield return $"{label} takes away '{name}', which is Glance's own and no property: leave it in.";
        }
    }

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

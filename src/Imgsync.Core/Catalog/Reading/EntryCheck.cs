using System.Text.Json;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;

namespace Imgsync.Core.Catalog.Reading;

/// <summary>Reads the fields of one entry and notes every fault with the file and the key it is in.</summary>
/// <param name="source">The file, as the operator knows it.</param>
/// <param name="key">Where the entry stands in the file: <c>distributions.debian12</c>.</param>
internal sealed class EntryCheck(string source, string key, List<string> faults)
{
    /// <param name="field">Null where the entry as a whole is meant.</param>
    public void Fault(string? field, string sentence) => faults.Add($"{source}: {key}{(field is null ? "" : ".")}{field} {sentence}");

    /// <summary>The same for what an entry has within it.</summary>
    public EntryCheck In(string field) => new(source, $"{key}.{field}", faults);

    /// <summary>Refuses the members that the entry's type does not have.</summary>
    public void OnlyKnown(IReadOnlyDictionary<string, JsonElement>? unknown, IReadOnlyCollection<string> known)
    {
        foreach (var name in unknown?.Keys ?? Enumerable.Empty<string>())
            Fault(name, $"is not a member of a catalogue entry{Suggest(name, known)}");
    }

    /// <summary>A field that must be there.</summary>
    public string Required(string field, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
            Fault(field, "is missing; the entry needs it.");
        return value ?? "";
    }

    /// <summary>A field that must be one of a few words, in any case.</summary>
    public T OneOf<T>(string field, string? value, IReadOnlyDictionary<string, T> choices, T fallback)
    {
        var text = Required(field, value);
        if (text.Length == 0)
            return fallback;
        if (choices.TryGetValue(text, out var choice))
            return choice;

        Fault(field, $"is \"{text}\"; it must be one of {string.Join(", ", choices.Keys)}.");
        return fallback;
    }

    /// <summary>A duration as settings write it; null where nothing is said, or 0.</summary>
    public TimeSpan? Age(string field, string? value)
    {
        if (value is null)
            return null;

        var (age, complaint) = SettingText.Parse(typeof(TimeSpan), value);
        if (complaint is not null)
            Fault(field, $"is \"{value}\"; it {complaint}.");
        return age is TimeSpan { Ticks: > 0 } given ? given : null;
    }

    /// <summary>A value of scs-0102, where one is given.</summary>
    /// <param name="property">How it is called there.</param>
    public string? Scs(string field, string property, string? value)
    {
        if (value is not null && ScsMetadata.Complaint(property, value) is { } complaint)
            Fault(field, $"is \"{value}\"; {complaint}.");
        return value;
    }

    /// <summary>A URL that relative paths are appended to.</summary>
    public Uri? Tree(string field, string? value)
    {
        var text = Required(field, value);
        if (text.Length == 0)
            return null;
        if (!TreeUrl.TryParse(text, out var tree, out var fault))
            Fault(field, $"{fault}.");
        return tree;
    }

    /// <summary>The end of a sentence about a name that is not known.</summary>
    public static string Suggest(string wrong, IEnumerable<string> known) =>
        NearestName.Find(wrong, known) is { } nearest ? $"; did you mean {nearest}?" : ".";
}

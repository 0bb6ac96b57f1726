using System.IO.Enumeration;

namespace Imgsync.Core.Catalog;

/// <summary>Which distributions somebody wants by what the catalogue says of them: <c>arch=arm64</c>, <c>family=debian,ubuntu</c>,
/// <c>signed=no</c>, <c>family!=rocky</c>. Of several filters all have to hold.</summary>
public sealed class DistributionFilter
{
    private static readonly string[] YesAndNo = ["yes", "no"];

    private readonly Field _field;
    private readonly string[] _values;
    private readonly bool _isNot;

    private DistributionFilter(Field field, string[] values, bool isNot) => (_field, _values, _isNot) = (field, values, isNot);

    /// <summary>What can be asked for, each with what it means.</summary>
    public static IReadOnlyList<(string Name, string Meaning)> Fields => [.. Known.Select(known => (known.Name, known.Meaning))];

    private static IReadOnlyList<Field> Known { get; } =
    [
        new("arch", "the architecture: amd64, arm64 and so on",
            (spec, _) => [spec.Architecture.InFileNames(), spec.Architecture.InGlance()]),
        new("family", "what it belongs to: debian, rocky and so on", (spec, _) => [spec.Family]),
        new("publisher", "who makes it, by the catalogue's name", (spec, _) => [spec.Publisher.Name]),
        new("os", "Glance's os_distro", (spec, _) => [spec.OsDistro]),
        new("signed", "whether nothing of it is used without a signature", (spec, _) => Is(spec.IsSigned)),
        new("supported", "whether its publisher supports it yet", (spec, today) => Is((spec.EndOfSupport ?? today) >= today)),
        new("unconfirmed", "whether something of it was not tried against the live site", (spec, _) => Is(spec.Unconfirmed is not null)),
    ];

    /// <param name="words">Each <c>FIELD=VALUE</c> or <c>FIELD!=VALUE</c>, with commas between several values.</param>
    /// <returns>Whether a distribution passes all of them.</returns>
    /// <exception cref="ConfigurationException">Every word that is none, and every value that no distribution has.</exception>
    public static Func<DistributionSpec, bool> All(
        IEnumerable<string> words, IReadOnlyCollection<DistributionSpec> catalogue, DateOnly today)
    {
        var faults = new List<string>();
        var filters = words.Select(word => Read(word, catalogue, today, faults)).OfType<DistributionFilter>().ToList();
        return faults is [] ? spec => filters.TrueForAll(filter => filter.Passes(spec, today)) : throw new ConfigurationException(faults);
    }

    /// <summary>The values of a field that the catalogue has.</summary>
    public static IReadOnlyList<string> Values(string field, IReadOnlyCollection<DistributionSpec> catalogue, DateOnly today) =>
        Known.FirstOrDefault(known => known.Name == field) is { } found ? found.Values(catalogue, today) : [];

    private static DistributionFilter? Read(
        string word, IReadOnlyCollection<DistributionSpec> catalogue, DateOnly today, List<string> faults)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1)
        {
            faults.Add($"--filter {word.Shortened()} must be written --filter FIELD=VALUE, such as --filter arch=arm64.");
            return null;
        }

        var isNot = word[equals - 1] is '!';
        var name = word[..(isNot ? equals - 1 : equals)];
        var names = Known.Select(field => field.Name).ToList();
        if (Known.FirstOrDefault(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase)) is not { } field)
        {
            faults.Add($"--filter {word.Shortened()}: there is no field {name.Shortened()}{NearestName.Hint(name, names)}; it must be "
                + $"one of {string.Join(", ", names)}.");
            return null;
        }

        var values = word[(equals + 1)..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var known = field.Values(catalogue, today);
        if (values is [])
            faults.Add($"--filter {word.Shortened()} has no value; {field.Name} is {field.Meaning}.");
        faults.AddRange(values
            .Where(value => !known.Any(one => FileSystemName.MatchesSimpleExpression(value, one, ignoreCase: true)))
            .Select(value => $"--filter {word.Shortened()}: no distribution has {field.Name} {value.Shortened()}"
                + $"{NearestName.Hint(value, known)}."));
        return new DistributionFilter(field, values, isNot);
    }

    private bool Passes(DistributionSpec spec, DateOnly today) => _isNot != _field.Of(spec, today)
        .Any(one => _values.Any(value => FileSystemName.MatchesSimpleExpression(value, one, ignoreCase: true)));

    private static string[] Is(bool yes) => yes ? ["yes"] : ["no"];

    /// <param name="Of">What of a distribution a value may be.</param>
    private sealed record Field(string Name, string Meaning, Func<DistributionSpec, DateOnly, string[]> Of)
    {
        public string[] Values(IReadOnlyCollection<DistributionSpec> catalogue, DateOnly today) =>
            Name is "signed" or "supported" or "unconfirmed"
                ? YesAndNo
                : [.. catalogue.SelectMany(spec => Of(spec, today)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }
}

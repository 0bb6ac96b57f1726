using Imgsync.Core.Configuration;

namespace Imgsync.Core.Catalog.Reading;

/// <summary>Lays the operator's file over the built-in catalogue and turns the entries into what the other stages rely on.</summary>
/// <param name="userFile">The operator's file, for messages.</param>
/// <param name="label">How a key of the settings is called where it was set.</param>
internal sealed class CatalogReader(string? userFile, CatalogFile builtIn, CatalogFile own, Func<string, string> label)
{
    private static readonly Dictionary<string, SignaturePolicy> Policies =
        Enum.GetValues<SignaturePolicy>().ToDictionary(policy => policy.ToString(), StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, string> Indexes =
        IndexFormats.All.ToDictionary(format => format, StringComparer.OrdinalIgnoreCase);

    private readonly List<string> _faults = [];

    public IReadOnlyList<string> Faults => _faults;

    private static readonly Uri Nowhere = new("https://invalid/");

    /// <summary>Stands in for a publisher that is wrong or missing until the faults are reported.</summary>
    public static Publisher Nobody { get; } = new() { OfficialUrl = Nowhere, BaseUrl = Nowhere, Index = "" };

    /// <summary>Every distribution, as far as it can be read; what cannot is in <see cref="Faults"/>.</summary>
    public IReadOnlyList<DistributionSpec> Read(
        IReadOnlyDictionary<string, Uri> publisherOverrides,
        IReadOnlyDictionary<string, string> authorities,
        IReadOnlyDictionary<string, DistributionOverrides> distributionOverrides)
    {
        // $schema is for the editor, not for us.
        foreach (var name in (own.Unknown?.Keys ?? Enumerable.Empty<string>()).Where(name => name is not "$schema"))
            _faults.Add($"{userFile}: {name} is not a part of a catalogue; it has publishers and distributions.");

        var written = Merge("publishers", builtIn.Publishers, own.Publishers);
        var entries = written.ToDictionary(entry => entry.Name, entry => entry.Value, StringComparer.OrdinalIgnoreCase);
        var publishers = written.ToDictionary(
            entry => entry.Name, entry => ReadPublisher(entry.Name, entry.Value, entry.Check), StringComparer.OrdinalIgnoreCase);
        Redirect(publishers, publisherOverrides);
        Vouch(publishers, authorities);

        var specs = Merge("distributions", builtIn.Distributions, own.Distributions)
            .SelectMany(entry => new DistributionReader(entry.Name, entry.Check, publishers, entries).Read(RawImageRule.Lay(
                builtIn.Distributions.GetValueOrDefault(entry.Name), own.Distributions.GetValueOrDefault(entry.Name), entry.Value)))
            .ToList();
        _faults.AddRange(specs
            .CountBy(spec => spec.Key, StringComparer.Ordinal)
            .Where(count => count.Value > 1)
            .Select(count => $"{userFile}: distributions.{count.Key} is also an architecture of another entry; choose another key."));

        return new DistributionOverlay(distributionOverrides, publishers, _faults, label).Apply(specs);
    }

    private List<(string Name, T Value, EntryCheck Check)> Merge<T>(
        string part, Dictionary<string, T?> below, Dictionary<string, T?> above)
        where T : class, new()
    {
        var merged = new List<(string, T, EntryCheck)>();
        foreach (var name in below.Keys.Union(above.Keys, StringComparer.Ordinal))
        {
            var isOwn = above.TryGetValue(name, out var over);
            if (isOwn && over is null)
                _faults.Add($"{userFile}: {part}.{name} is null; leave the entry out to keep the built-in one.");
            var source = isOwn ? userFile! : "the built-in catalogue";
            merged.Add((name, EntryFields<T>.Lay(below.GetValueOrDefault(name), over), new EntryCheck(source, $"{part}.{name}", _faults)));
        }

        return merged;
    }

    private static Publisher ReadPublisher(string name, PublisherEntry entry, EntryCheck check)
    {
        check.OnlyKnown(entry.Unknown, EntryFields<PublisherEntry>.Names);
        var url = check.Tree("url", entry.Url);
        var index = check.OneOf("index", entry.Index, Indexes, fallback: "");
        var policy = check.OneOf("signature", entry.Signature, Policies, fallback: SignaturePolicy.None);
        var fingerprints = (entry.SignedBy ?? []).Select(
            fingerprint => fingerprint?.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant() ?? "").ToList();
        foreach (var wrong in fingerprints.Where(fingerprint => !NamePatterns.Fingerprint().IsMatch(fingerprint)))
            check.Fault("signedBy", $"holds \"{wrong}\"; a full fingerprint has 40 hexadecimal digits.");
        if (policy != SignaturePolicy.None && fingerprints.Count == 0)
            check.Fault("signedBy", "is empty; a publisher whose signature counts needs at least one key's fingerprint.");

        url ??= Nobody.BaseUrl;
        return new Publisher
        {
            Name = name,
            OfficialUrl = url,
            BaseUrl = url,
            Index = index,
            Signature = policy,
            SignedBy = fingerprints,
            SignedWithin = check.Age("signedWithin", entry.SignedWithin),
            Pieces = new PieceReader(check).Read(entry.Index, entry.Newest, entry.Digests, entry.SignatureFile, policy),
            ArchitectureNames = ReadArchitectures("architectureNames", entry.ArchitectureNames, check),
            ArchitectureDirectories = ReadArchitectures("architectureDirectories", entry.ArchitectureDirectories, check),
        };
    }

    private static Dictionary<Architecture, string>? ReadArchitectures(
        string field, IReadOnlyDictionary<string, string?>? spelt, EntryCheck check)
    {
        if (spelt is null)
            return null;

        var names = new Dictionary<Architecture, string>();
        foreach (var (word, name) in spelt)
        {
            var architecture = check.OneOf(field, word, DistributionReader.KnownArchitectures, Architecture.Amd64);
            if (name is null || !NamePatterns.FileName().IsMatch(name))
                check.Fault($"{field}.{word}", $"is \"{name}\"; it must be a part of a plain file name.");
            names[architecture] = name ?? "";
        }

        return names;
    }

    private void Redirect(Dictionary<string, Publisher> publishers, IReadOnlyDictionary<string, Uri> overrides)
    {
        foreach (var (name, url) in overrides)
        {
            if (Find(publishers, name, $"publishers:{name}") is not { } publisher)
                continue;
            if (!TreeUrl.TryParse(url.OriginalString, out var tree, out var fault))
                _faults.Add($"{label($"publishers:{name}")} {fault}.");
            else
                publishers[name] = publisher with { BaseUrl = tree };
        }
    }

    private void Vouch(Dictionary<string, Publisher> publishers, IReadOnlyDictionary<string, string> authorities)
    {
        foreach (var (name, file) in authorities)
        {
            if (Find(publishers, name, $"upstream:caFiles:{name}") is { } publisher)
                publishers[name] = publisher with { CaFile = file };
        }
    }

    private Publisher? Find(Dictionary<string, Publisher> publishers, string name, string path)
    {
        if (publishers.TryGetValue(name, out var publisher))
            return publisher;
        _faults.Add($"{label(path)} is no publisher of the catalogue{EntryCheck.Suggest(name, publishers.Keys)}");
        return null;
    }
}

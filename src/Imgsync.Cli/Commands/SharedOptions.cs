using System.Collections;
using System.CommandLine;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration.Sources;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;

namespace Imgsync.Cli.Commands;

/// <summary>Options that mean the same wherever they are understood, and the settings that
/// follow from them, from this machine and its user.</summary>
internal sealed class SharedOptions
{
    public SharedOptions()
    {
        Set.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1))
                result.AddError($"--set {token.Value} must be written --set KEY=VALUE, such as --set publish.keep=3.");
        });
    }

    public Option<FileInfo?> Config { get; } = new("--config", "-c")
    {
        Description = "The settings file. Default: imgsync.json here, in ~/.config/imgsync or in /etc/imgsync.",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<string[]> Set { get; } = new("--set")
    {
        Description = "One setting, over whatever else says; may be given more than once. For no secrets: others on this machine see it.",
        HelpName = "KEY=VALUE",
        Recursive = true,
    };

    public Option<bool> Verbose { get; } = new("--verbose", "-v")
    {
        Description = "Log every step, and the stack trace of failures.",
        Recursive = true,
    };

    public Option<bool> Quiet { get; } = new("--quiet", "-q")
    {
        Description = "Say only what is wrong.",
        Recursive = true,
    };

    public Option<bool> NoProgress { get; } = new("--no-progress")
    {
        Description = "Say nothing of what goes on while it goes on.",
        Recursive = true,
    };

    public Option<ColorChoice> Color { get; } = new("--color")
    {
        Description = "auto (the default), always or never; auto colours terminals, unless NO_COLOR is set.",
        HelpName = "WHEN",
        Recursive = true,
    };

    public Option<string[]> Cloud { get; } = new("--cloud")
    {
        Description = "Only this cloud; may be given more than once.",
        HelpName = "NAME",
    };

    /// <summary>Of the commands that are about distributions.</summary>
    public Option<string[]> Filter { get; } = new("--filter")
    {
        Description = "Only what the catalogue says this of: "
            + $"{string.Join(", ", DistributionFilter.Fields.Select(field => field.Name))}; such as arch=arm64, family=debian,ubuntu or "
            + "family!=rocky. Of several all have to hold.",
        HelpName = "FIELD=VALUE",
    };

    /// <summary>Of the commands whose answer programs read, too.</summary>
    public Option<bool> Json { get; } = new("--json") { Description = "Answer in JSON." };

    /// <summary>Of the commands that run.</summary>
    public Option<bool> JsonLines { get; } = new("--json-lines")
    {
        Description = "Answer in JSON, a line for whatever happens while it happens; the last one of a run has its report.",
    };

    public ConfigurationSources Sources(ParseResult parsed) => new()
    {
        File = parsed.GetValue(Config)?.FullName,
        Environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value, StringComparer.Ordinal),
        CommandLine = Settings(parsed.GetValue(Set) ?? []),
        CurrentDirectory = Environment.CurrentDirectory,
        HomeDirectory = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        SystemDirectory = "/etc",
    };

    /// <summary>What <see cref="Filter"/> lets through; null where nobody filters.</summary>
    /// <exception cref="Core.ConfigurationException">A filter is none.</exception>
    public Func<DistributionSpec, bool>? Filtered(ParseResult parsed, Session session) =>
        parsed.GetValue(Filter) is { Length: > 0 } words
            ? DistributionFilter.All(
                words, session.Get<DistributionCatalog>().All, DateOnly.FromDateTime(session.Get<TimeProvider>().GetUtcNow().UtcDateTime))
            : null;

    /// <summary>The keys of what it lets through; null where nobody filters.</summary>
    public IReadOnlyList<string>? Only(ParseResult parsed, Session session) => Filtered(parsed, session) is { } passes
        ? [.. session.Get<DistributionCatalog>().All.Where(passes).Select(spec => spec.Key)]
        : null;

    /// <summary>An image of ours is of the distribution that it names; one of the older tool's names none.</summary>
    /// <param name="only">What <see cref="Only"/> says.</param>
    public static bool Passes(GlanceImage image, IReadOnlyList<string>? only) =>
        only is null || (ImageMarks.DistributionOf(image) is { } distribution && only.Contains(distribution, StringComparer.Ordinal));

    /// <summary><c>clouds[0].region=north</c> as the key <c>clouds:0:region</c>; of two for one key, the later counts.</summary>
    private static Dictionary<string, string?> Settings(IEnumerable<string> assignments)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var assignment in assignments.Where(assignment => assignment.Contains('=', StringComparison.Ordinal)))
        {
            var equals = assignment.IndexOf('=', StringComparison.Ordinal);
            var key = assignment[..equals].Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
            settings[key.Replace('.', ':')] = assignment[(equals + 1)..];
        }

        return settings;
    }
}

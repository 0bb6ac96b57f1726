using System.CommandLine;
using System.CommandLine.Completions;
using Imgsync.Cli.Commands;
using Imgsync.Core;
using Imgsync.Core.Catalog;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Configuration.Sources;

namespace Imgsync.Cli.CommandLine;

/// <summary>What may stand at the end of a command line that somebody is typing: commands and options, and the keys, clouds and settings
/// of this machine. Settings that cannot work are no reason to suggest nothing.</summary>
internal static class Completions
{
    public static void Teach(SharedOptions shared)
    {
        shared.Cloud.CompletionSources.Add(context => Clouds(shared, context.ParseResult));
        shared.Filter.CompletionSources.Add(context => Filters(shared, context));
        shared.Set.CompletionSources.Add(context => Settings(shared, context.ParseResult));
    }

    /// <summary>Every distribution of the catalogue.</summary>
    public static void TeachKeys(Argument<string[]> keys, SharedOptions shared) => keys.CompletionSources.Add(context =>
    {
        var given = context.ParseResult.GetResult(keys)?.Tokens.Select(token => token.Value).ToList() ?? [];
        return Catalog(Configuration(shared, context.ParseResult)).All
            .Where(spec => !given.Contains(spec.Key, StringComparer.Ordinal) || spec.Key == context.WordToComplete)
            .Select(spec => new CompletionItem(spec.Key, detail: $"{spec.Title}, {spec.Architecture.InGlance()}"));
    });

    /// <summary>The candidates for the last of these words, which may be empty, each with what it means.</summary>
    public static IEnumerable<(string Word, string? Meaning)> Of(RootCommand root, IReadOnlyList<string> words)
    {
        var last = words is [] ? "" : words[^1];
        var line = string.Join(' ', words.SkipLast(1).Select(Quoted).Append(last));
        var command = root.Parse(line).CommandResult.Command;
        return root.Parse(line).GetCompletions(line.Length)
            .Where(item => IsOffered(item.Label, last, command))
            .Select(item => (item.Label, item.Detail?.ReplaceLineEndings(" ").OnOneLine()))
            .DistinctBy(candidate => candidate.Label, StringComparer.Ordinal);
    }

    /// <summary>One spelling of an option is enough, and options are offered to whoever begins one.</summary>
    private static bool IsOffered(string candidate, string word, Command command) =>
        candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase)
        && (!candidate.StartsWith('-')
            || word.StartsWith('-') && UsageErrors.Options(command).Any(option => option.Name == candidate));

    private static IEnumerable<CompletionItem> Clouds(SharedOptions shared, ParseResult parsed) =>
        (Configuration(shared, parsed)?.Options.Clouds ?? []).Select(cloud =>
            new CompletionItem(cloud.Name, detail: cloud.Auth.AuthUrl?.InMessages()));

    /// <summary>The fields, and behind the equals sign the values that the catalogue has.</summary>
    private static IEnumerable<CompletionItem> Filters(SharedOptions shared, CompletionContext context)
    {
        var word = context.WordToComplete;
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals < 0
            ? DistributionFilter.Fields.Select(field => new CompletionItem($"{field.Name}=", detail: field.Meaning))
            : DistributionFilter
                .Values(
                    word[..equals].TrimEnd('!'), Catalog(Configuration(shared, context.ParseResult)).All,
                    DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime))
                .Select(value => new CompletionItem(word[..(equals + 1)] + value));
    }

    /// <summary>The keys as they are given to <c>--set</c>, each with the value that counts now.</summary>
    private static IEnumerable<CompletionItem> Settings(SharedOptions shared, ParseResult parsed) =>
        (Configuration(shared, parsed) ?? OptionsLoader.Load(new ConfigurationSources())).Settings.Select(setting =>
            new CompletionItem($"{setting.Key}=", detail: setting.Value));

    private static ImgsyncConfiguration? Configuration(SharedOptions shared, ParseResult parsed)
    {
        try
        {
            return OptionsLoader.Load(shared.Sources(parsed));
        }
        catch (Exception unusable) when (unusable is ImgsyncException or InvalidOperationException) // such as half an option
        {
            return null;
        }
    }

    private static DistributionCatalog Catalog(ImgsyncConfiguration? configuration)
    {
        try
        {
            return Load(configuration?.Options ?? new ImgsyncOptions());
        }
        catch (ImgsyncException)
        {
            return Load(new ImgsyncOptions());
        }

        static DistributionCatalog Load(ImgsyncOptions options) =>
            CatalogLoader.Load(options.Catalog, options.Publishers, options.Overrides, options.Upstream.CaFiles);
    }

    private static string Quoted(string word) =>
        word.Contains(' ', StringComparison.Ordinal) || word is "" ? $"\"{word}\"" : word;
}

using Imgsync.Core.Configuration.Sources;

namespace Imgsync.Core.Tests.Configuration;

/// <summary>The tables of docs/configuration.md, written from the options records.</summary>
internal static class ConfigurationTables
{
    private static readonly Dictionary<string, string> InOriginal = new(StringComparer.Ordinal)
    {
        ["distributions"] = "[DEFAULT] distributions",
        ["publish.prefix"] = "[DEFAULT] prefix",
        ["publish.properties"] = "[DEFAULT] properties",
        ["log.debug"] = "[DEFAULT] debug",
        ["log.file"] = "[DEFAULT] log_file",
    };

    /// <summary>The part of the page between the two marks.</summary>
    public static string Write() => string.Join(
        "\n", DocumentedKey.All.Where(key => !IsRepeated(key)).GroupBy(Section, StringComparer.Ordinal).Select(Table));

    /// <summary>What is said of <c>publish</c> holds of the same keys for one cloud or one distribution.</summary>
    private static bool IsRepeated(DocumentedKey key) => key.Path.Contains(".publish.", StringComparison.Ordinal);

    private static string Section(DocumentedKey key) => key.Path.LastIndexOf('.') is var end and > 0 ? key.Path[..end] : "";

    private static string Table(IGrouping<string, DocumentedKey> section) =>
        $"""
        ### {(section.Key.Length == 0 ? "At the top" : $"`{section.Key}`")}

        | Key | Type | Default | Example | Also set by | What it does |
        |---|---|---|---|---|---|
        {string.Join("\n", section.Select(Row))}

        """;

    private static string Row(DocumentedKey key) =>
        $"| `{key.Path}` | {key.TypeText} | {key.DefaultText} | `{Examples.Of(key.Path)}` | {AlsoSetBy(key)} | {key.Description} |";

    private static string AlsoSetBy(DocumentedKey key)
    {
        var variable = key.Path
            .Replace(DocumentedKey.ListItem, ".0", StringComparison.Ordinal)
            .Replace("<distribution>", "debian12", StringComparison.Ordinal)
            .Replace(".", "__", StringComparison.Ordinal)
            .ToUpperInvariant();
        var inOriginal = InOriginal.TryGetValue(key.Path, out var option) ? $", `{option}`" : "";
        return string.Join(", ", OfACloud(key.Path).Prepend($"`IMGSYNC__{variable}`")) + inOriginal;
    }

    private static IEnumerable<string> OfACloud(string path)
    {
        if (!path.StartsWith("clouds[].", StringComparison.Ordinal))
            return [];
        if (path is "clouds[].timeout")
            return ["clouds.yaml `api_timeout`", "`[keystone_auth] timeout`"];

        var key = path["clouds[].".Length..].Replace('.', ':');
        var words = KeystoneWords.Known.Where(
            word => string.Equals(KeystoneWords.KeyOf(word), key, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        if (words.Count == 0)
            return [];

        var inAuth = key.StartsWith("auth:", StringComparison.Ordinal) && key is not "auth:type";
        return
        [
            string.Join(", ", words.Select(word => $"`OS_{word.ToUpperInvariant()}`")),
            "clouds.yaml " + string.Join(", ", words.Select(word => inAuth ? $"`auth.{word}`" : $"`{word}`")),
            string.Join(", ", words.Select(word => $"`[keystone_auth] {word}`")),
        ];
    }
}

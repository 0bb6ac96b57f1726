using System.Collections;
using Imgsync.Core.Configuration.Sources;

namespace Imgsync.Core.Configuration.Loading;

/// <summary>The options flattened again, each with where it came from. Secrets print themselves as <c>***</c>.</summary>
internal static class EffectiveSettings
{
    private const string Default = "default";

    public static IEnumerable<EffectiveSetting> Of(object record, SettingNode? node, string prefix = "") =>
        OptionRecord.Properties(record.GetType()).SelectMany(property =>
        {
            var key = OptionKeys.Key(property);
            return Flatten(property.GetValue(record), node?.Find(key), prefix + key);
        });

    private static IEnumerable<EffectiveSetting> Flatten(object? value, SettingNode? node, string key) => value switch
    {
        null => [],
        IEnumerable<string> names => [new(key, string.Join(", ", names), Where(node, key))],
        IDictionary pairs => pairs.Keys.Cast<string>().SelectMany(name => Flatten(pairs[name], node?.Find(name) ?? node, $"{key}.{name}")),
        IList items => items.Cast<object>().SelectMany((item, i) => Flatten(item, node?.Find($"{i}") ?? node, $"{key}[{i}]")),
        _ when SettingText.Covers(value.GetType()) =>
            [new(key, Shown(value), Where(node, key) + File(value, node))],
        _ => Of(value, node, key + "."),
    };

    private static string Shown(object value) => value is Uri ? SettingText.Harmless(SettingText.Of(value)) : SettingText.Of(value);

    private static string File(object value, SettingNode? node) =>
        value is Secret && node is not null && SecretFiles.Named(node) is { } file ? $": the file {file}" : "";

    /// <summary>Named beside its place where it is called otherwise there: <c>OS_PASSWORD (environment)</c>.</summary>
    private static string Where(SettingNode? node, string key) =>
        node is null ? Default
        : node.Origin.Spell(node.Path) is var spelled && spelled == key ? node.Origin.Where
        : node.Label;
}

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Sources;

namespace Imgsync.Core.Tests.Configuration;

/// <summary>The JSON schema of the Functions app's <c>local.settings.json</c>: every option under the name it has as an app setting. A name
/// that begins like one of ours and is none is refused; what the platform or the host may want besides is not ours to judge.</summary>
internal static class LocalSettingsSchema
{
    private const string Prefix = "Imgsync__";

    private static readonly Dictionary<string, string> OfThePlatform = new(StringComparer.Ordinal)
    {
        ["AzureWebJobsStorage"] = "The host's and Durable Functions' storage; UseDevelopmentStorage=true for Azurite.",
        ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated.",
        ["IMGSYNC_SCHEDULE"] = "When the timer starts a run, as an NCRONTAB expression in UTC.",
        ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = "Where telemetry goes; empty, it goes nowhere.",
        ["AzureFunctionsJobHost__extensions__durableTask__tracing__version"] = "None where there is no Application "
            + "Insights; host.json says V2.",
    };

    public static string Write()
    {
        var names = DocumentedKey.All.SelectMany(NamesOf).ToList();
        var unknown = $"^{Prefix}(?!({string.Join('|', names.Select(name => name.Pattern[Prefix.Length..]))})$)";
        var values = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = SchemaPart.Members(
                [.. names.Select(name => KeyValuePair.Create(name.Example, name.Schema())), .. Platform(), .. Keystone()]),
            ["patternProperties"] = SchemaPart.Members(
            [
                .. names.Where(name => name.Pattern != name.Example).Select(
                    name => KeyValuePair.Create($"^{name.Pattern}$", name.Schema())),
                KeyValuePair.Create(unknown, new JsonObject { ["not"] = new JsonObject() }.Described("Not a setting of imgsync.")),
            ]),
            ["additionalProperties"] = SchemaPart.Text(),
        };
        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["IsEncrypted"] = new JsonObject { ["type"] = "boolean" }, ["Values"] = values },
        }.Document("local.settings.json of imgsync");
    }

    /// <summary>A list may be one text, or one setting a position; pairs may also be one setting a name.</summary>
    private static IEnumerable<SettingName> NamesOf(DocumentedKey key)
    {
        var parts = key.Path.Split('.').SelectMany(
            part => part.EndsWith(DocumentedKey.ListItem, StringComparison.Ordinal) ? [part[..^2], "0"] : new[] { part }).ToArray();
        var whole = new SettingName(
            key, parts, OptionKeys.ItemOfList(key.Type) is null && OptionKeys.ValueOfDictionary(key.Type) is null ? Value(key.Type) : null);
        yield return whole;
        if (key.Type == typeof(Secret))
            yield return new SettingName(key, [.. parts, "file"], SchemaPart.Text("."));
        if (OptionKeys.ItemOfList(key.Type) is { } item)
            yield return new SettingName(key, [.. parts, "0"], Value(item));
        if (OptionKeys.ValueOfDictionary(key.Type) is { } value)
        {
            yield return new SettingName(key, [.. parts, "0"], SchemaPart.Text("^[^=]+="));
            yield return new SettingName(key, [.. parts, "<name>"], Value(value));
        }
    }

    private static JsonObject Value(Type type) => type.IsEnum
        ? SchemaPart.Choice(SettingText.ChoicesOf(type))
        : type.Name switch
        {
            nameof(Boolean) => SchemaPart.Choice(["true", "false"]),
            nameof(Int32) => SchemaPart.Text("^[0-9]+$"),
            nameof(Int64) => SchemaPart.Text(SchemaPart.Size),
            nameof(TimeSpan) => SchemaPart.Text(SchemaPart.Duration),
            nameof(Uri) => SchemaPart.Text(SchemaPart.Url),
            _ => SchemaPart.Text(),
        };

    private static IEnumerable<KeyValuePair<string, JsonObject>> Platform() =>
        OfThePlatform.Select(setting => KeyValuePair.Create(setting.Key, SchemaPart.Text().Described(setting.Value)));

    private static IEnumerable<KeyValuePair<string, JsonObject>> Keystone() => KeystoneWords.Known
        .Order(StringComparer.Ordinal)
        .Select(
            word =>
                KeyValuePair.Create(
                    $"OS_{word.ToUpperInvariant()}", SchemaPart.Text().Described("The cloud called default, as an openrc file has it.")));

    /// <param name="Parts">The keys from the top; 0 stands for a position and what is in angle brackets for a name.</param>
    /// <param name="Value">Null for a list or pairs in one text.</param>
    private sealed record SettingName(DocumentedKey Key, string[] Parts, JsonObject? Value)
    {
        public string Example => Prefix + string.Join("__", Parts.Select(part => part switch
        {
            "<distribution>" => "debian12",
            "<name>" => Key.Path.StartsWith("publishers", StringComparison.Ordinal) ? "debian" : "hw_rng_model",
            _ => char.ToUpperInvariant(part[0]) + part[1..],
        }));

        public string Pattern => Prefix + string.Join("__", Parts.Select(part => part switch
        {
            "0" => "[0-9]+",
            "<distribution>" or "<name>" => "[A-Za-z][A-Za-z0-9._-]*",
            _ => Regex.Escape(char.ToUpperInvariant(part[0]) + part[1..]),
        }));

        public JsonObject Schema() => ((JsonObject?)Value?.DeepClone() ?? SchemaPart.Text()).Described(Key.Description);
    }
}

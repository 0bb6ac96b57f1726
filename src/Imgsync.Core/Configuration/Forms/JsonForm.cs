using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Imgsync.Core.Configuration.Forms;

/// <summary>Settings as an <c>imgsync.json</c> that means the same.</summary>
public static class JsonForm
{
    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="revealSecrets">Where somebody may look over a shoulder, secrets are
    /// <c>***</c>, and the text is not a working file.</param>
    public static string Write(ImgsyncOptions options, bool revealSecrets)
    {
        var root = new JsonObject();
        foreach (var (path, value) in ChangedSetting.Of(options))
            Place(root, path, Of(value, revealSecrets));
        return root.ToJsonString(Layout).ReplaceLineEndings("\n") + "\n";
    }

    private static void Place(JsonNode parent, IReadOnlyList<object> path, JsonNode value)
    {
        for (var depth = 0; depth < path.Count - 1; depth++)
            parent = Child(parent, path[depth], isList: path[depth + 1] is int);
        ((JsonObject)parent)[(string)path[^1]] = value;
    }

    private static JsonNode Child(JsonNode parent, object key, bool isList)
    {
        JsonNode made = isList ? new JsonArray() : new JsonObject();
        if (parent is JsonObject section)
            return section[(string)key] ?? (section[(string)key] = made);

        var list = (JsonArray)parent;
        if (list.Count == (int)key)
            list.Add(made);
        return list[(int)key]!;
    }

    private static JsonNode Of(object value, bool revealSecrets) => value switch
    {
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create(number),
        long size => JsonValue.Create(size),
        Secret secret when revealSecrets => JsonValue.Create(secret.Reveal()),
        IDictionary entries =>
            new JsonObject(
                entries.Keys.Cast<string>().Select(key => KeyValuePair.Create(key, (JsonNode?)Of(entries[key]!, revealSecrets)))),
        IList items => new JsonArray([.. items.Cast<object>().Select(item => Of(item, revealSecrets))]),
        _ => JsonValue.Create(SettingText.Of(value)),
    };
}

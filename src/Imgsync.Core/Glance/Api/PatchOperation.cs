using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Glance.Api;

/// <summary>One change to an image record (RFC 6902; Glance knows <c>add</c>, <c>replace</c> and <c>remove</c> at the top level).</summary>
public sealed record PatchOperation
{
    private PatchOperation(string operation, string name, object? value) => (Operation, Name, Value) = (operation, name, value);

    public string Operation { get; }

    /// <summary>The attribute or property, as it is called in Glance.</summary>
    public string Name { get; }

    public object? Value { get; }

    /// <summary>Sets an attribute or property, whether it was there or not.</summary>
    public static PatchOperation Set(string name, string value) => new("add", name, value);

    /// <inheritdoc cref="Set(string, string)"/>
    public static PatchOperation Set(string name, bool value) => new("add", name, value);

    /// <inheritdoc cref="Set(string, string)"/>
    public static PatchOperation Set(string name, int value) => new("add", name, value);

    /// <inheritdoc cref="Set(string, string)"/>
    public static PatchOperation Set(string name, IReadOnlyList<string> value) => new("add", name, value);

    public static PatchOperation Set(ImageVisibility visibility) => new("add", "visibility", visibility.InGlance());

    /// <summary>Removes what must be there; Glance answers 409 when it is not.</summary>
    public static PatchOperation Remove(string name) => new("remove", name, null);

    internal JsonObject ToJson()
    {
        // RFC 6901 section 3: the tilde first, or the slash's own tilde would be escaped again.
        var pointer = "/" + Name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
        var json = new JsonObject { ["op"] = Operation, ["path"] = pointer };
        if (Value is not null)
        {
            json["value"] = Value switch
            {
                IReadOnlyList<string> list => new JsonArray([.. list.Select(item => (JsonNode)item)]),
                bool flag => flag,
                int number => number,
                _ => (string)Value,
            };
        }

        return json;
    }
}

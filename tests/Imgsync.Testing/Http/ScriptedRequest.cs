using System.Text;

namespace Imgsync.Testing.Http;

/// <summary>What a client asked of the <see cref="ScriptedServer"/>.</summary>
/// <param name="Target">Path and query as they stood on the request line.</param>
public sealed record ScriptedRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Path => Target.Split('?', 2)[0];

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>A header's value by its name in any case, or null.</summary>
    public string? this[string header] => Headers.GetValueOrDefault(header);

    public override string ToString() => $"{Method} {Target}";
}

using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;

namespace Imgsync.Core.Upstream.Indexes;

/// <summary>The names in a directory, out of what a web server makes of it: links in HTML, in any spelling that browsers follow; nginx's
/// and Caddy's JSON; nginx's and S3's XML. A name is one step below the directory and nothing else (docs/adr/0014).</summary>
internal sealed partial class DirectoryListing
{
    /// <summary>The largest real one has a few hundred KiB.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private static readonly JsonDocumentOptions Lenient = new() { MaxDepth = 16, AllowTrailingCommas = true };

    private static readonly XmlReaderSettings NoDtd = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    private readonly Uri[] _places;

    /// <param name="asked">The directory's URL; what is linked there is in the directory even where another URL answered.</param>
    private DirectoryListing(Uri asked, Uri answered) => _places = [new Uri(answered, "."), new Uri(asked, ".")];

    /// <returns>In the order in which they are listed, each once.</returns>
    public static IReadOnlyList<string> Names(UpstreamFile listing, Uri asked)
    {
        var directory = new DirectoryListing(asked, listing.Location);
        var text = Encoding.UTF8.GetString(listing.Content).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        var names = text.StartsWith('[') || text.StartsWith('{') ? InJson(text).Select(directory.NameOfEntry)
            : IsXml(text) ? InXml(text).Select(directory.NameOfEntry)
            : InHtml(text).Select(directory.NameOfLink);
        return [.. names.OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> InHtml(string text) =>
        from tag in Anchors().Matches(text)
        let href = Attributes().Matches(tag.Groups["attributes"].Value)
            .FirstOrDefault(attribute => attribute.Groups["name"].ValueSpan.Equals("href", StringComparison.OrdinalIgnoreCase))
        where href is not null
        select WebUtility.HtmlDecode(href.Groups["value"].Value);

    /// <summary>The names and links of all objects, and the strings of all lists.</summary>
    private static List<string> InJson(string text)
    {
        var found = new List<string>();
        try
        {
            using var document = JsonDocument.Parse(text, Lenient);
            Collect(document.RootElement);
        }
        catch (JsonException)
        {
            // No listing, then.
        }

        return found;

        void Collect(JsonElement element)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Array:
                    foreach (var item in element.EnumerateArray())
                        Collect(item);
                    break;
                case JsonValueKind.Object:
                    foreach (var property in element.EnumerateObject())
                    {
                        if (property.Value.ValueKind is not JsonValueKind.String || IsName(property.Name))
                            Collect(property.Value);
                    }

                    break;
                case JsonValueKind.String:
                    found.Add(element.GetString()!);
                    break;
            }
        }

        static bool IsName(string key) => key.ToLowerInvariant() is "name" or "url" or "uri" or "href" or "path" or "key" or "prefix";
    }

    private static bool IsXml(string text) => XmlRoot().IsMatch(text);

    private static List<string> InXml(string text)
    {
        var found = new List<string>();
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), NoDtd);
            while (reader.Read())
            {
                if (reader is { NodeType: XmlNodeType.Element, LocalName: "Prefix" or "Key" or "directory" or "file" }
                    && reader.Read() && reader.NodeType is XmlNodeType.Text)
                    found.Add(reader.Value);
            }
        }
        catch (XmlException)
        {
            // What was read before the fault counts.
        }

        return found;
    }

    /// <summary>The name that a link leads to; null where it leads elsewhere, or deeper than one step.</summary>
    private string? NameOfLink(string link)
    {
        if (!Uri.TryCreate(_places[0], link.Trim(), out var target))
            return null;

        var path = Uri.UnescapeDataString(target.AbsolutePath);
        return _places
            .Where(place => IsSameServer(place, target))
            .Select(place => Uri.UnescapeDataString(place.AbsolutePath))
            .Where(directory => path.StartsWith(directory, StringComparison.Ordinal))
            .Select(directory => OneStep(path[directory.Length..]))
            .FirstOrDefault(name => name is not null);
    }

    /// <summary>An entry is a name or a link, or an S3 key, which begins at the bucket and not at the directory.</summary>
    private string? NameOfEntry(string entry)
    {
        if (NameOfLink(entry) is { } name)
            return name;

        var key = Uri.UnescapeDataString(entry).TrimEnd('/');
        var parent = key[..(key.LastIndexOf('/') + 1)];
        return _places.Any(place => Uri.UnescapeDataString(place.AbsolutePath).EndsWith($"/{parent}", StringComparison.Ordinal))
            ? OneStep(key[parent.Length..])
            : null;
    }

    private static string? OneStep(string rest) =>
        rest.TrimEnd('/') is { Length: > 0 } name and not ("." or "..") && name.AsSpan().IndexOfAny('/', '\\') < 0 ? name : null;

    /// <summary>Behind a server that ends TLS, another one may write its own scheme into its links.</summary>
    private static bool IsSameServer(Uri one, Uri other) =>
        string.Equals(one.IdnHost, other.IdnHost, StringComparison.OrdinalIgnoreCase)
        && (one.Port == other.Port || (one.IsDefaultPort && other.IsDefaultPort));

    [GeneratedRegex(
        """<a(?<attributes>[\s/]([^>"']|"[^"]*"|'[^']*')*)>""",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Anchors();

    [GeneratedRegex(
        """(?<name>[^\s=/>"']+)(\s*=\s*("(?<value>[^"]*)"|'(?<value>[^']*)'|(?<value>[^\s"'>]+)))?""",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Attributes();

    [GeneratedRegex(
        @"\A(<\?xml[^>]*>\s*)?<(\w+:)?(list|ListBucketResult)[\s>]", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex XmlRoot();
}

using System.Text.Json.Nodes;

namespace Imgsync.Core.Notify;

/// <summary>Slack's incoming webhooks: blocks of plain text, in which no name mentions anybody or becomes a link, and a text for
/// notifications.</summary>
internal static class SlackForm
{
    /// <summary>Of a header block.</summary>
    private const int LongestTitle = 149;

    public static MessageRequest Of(Uri url, RunNews news, NewsText text)
    {
        var body = new JsonObject
        {
            ["text"] = Escaped(text.Title),
            ["blocks"] = new JsonArray(
            [
                new JsonObject { ["type"] = "header", ["text"] = Plain(text.Title.Shortened(LongestTitle)) },
                .. text.Lines.Select(line => new JsonObject { ["type"] = "section", ["text"] = Plain(line) }),
            ]),
        };
        return new MessageRequest($"{news.Run}", HttpMethod.Post, url, "application/json", MessageRequest.Json(body));
    }

    private static JsonObject Plain(string text) => new() { ["type"] = "plain_text", ["text"] = text, ["emoji"] = false };

    /// <summary>The three characters that Slack reads in a text of its own form.</summary>
    private static string Escaped(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);
}

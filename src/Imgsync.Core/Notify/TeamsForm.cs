using System.Text.Json.Nodes;

namespace Imgsync.Core.Notify;

/// <summary>An Adaptive Card for the webhook of a Teams workflow. Its text stands in runs, which know no markup.</summary>
internal static class TeamsForm
{
    public static MessageRequest Of(Uri url, RunNews news, NewsText text)
    {
        var card = new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["body"] = new JsonArray([Paragraph(text.Title, "bolder"), .. text.Lines.Select(line => Paragraph(line, "default"))]),
            ["msteams"] = new JsonObject { ["width"] = "Full" },
        };
        var body = new JsonObject
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray(
            [
                new JsonObject
                {
                    ["contentType"] = "application/vnd.microsoft.card.adaptive",
                    ["contentUrl"] = null,
                    ["content"] = card,
                },
            ]),
        };
        return new MessageRequest($"{news.Run}", HttpMethod.Post, url, "application/json", MessageRequest.Json(body));
    }

    private static JsonObject Paragraph(string text, string weight) => new()
    {
        ["type"] = "RichTextBlock",
        ["inlines"] = new JsonArray([new JsonObject { ["type"] = "TextRun", ["text"] = text, ["weight"] = weight }]),
    };
}

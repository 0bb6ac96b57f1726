using System.Globalization;
using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Notify;

/// <summary>CloudEvents 1.0 in structured JSON: one event for each occasion, so that receivers can choose by its type.</summary>
internal static class CloudEventForm
{
    public const string ContentType = "application/cloudevents+json";

    /// <summary>What all types begin with: <c>imgsync.run.failure</c>.</summary>
    private const string TypePrefix = "imgsync.run.";

    /// <summary>With their sentences they stay below 256 KiB, which is what most receivers take.</summary>
    private const int MostItems = 100;

    private const int LongestReason = 500;

    public static IEnumerable<MessageRequest> All(NotifyOptions receiver, Uri url, RunNews news, IReadOnlyList<NewsItem> items) =>
        news.IsSample
            ? [Of(receiver, url, news, "test", [])]
            : items.GroupBy(item => item.Occasion).OrderBy(some => some.Key)
                .Select(some => Of(receiver, url, news, Word.Of(some.Key), [.. some]));

    private static MessageRequest Of(NotifyOptions receiver, Uri url, RunNews news, string occasion, IReadOnlyList<NewsItem> items)
    {
        var id = $"{news.Run}-{occasion}";
        var body = MessageRequest.Json(new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = id,
            ["source"] = $"/imgsync/{news.Installation}",
            ["type"] = TypePrefix + occasion,
            ["time"] = Time(news.FinishedAt),
            ["subject"] = news.Run.ToString(),
            ["datacontenttype"] = "application/json",
            ["data"] = new JsonObject
            {
                ["run"] = news.Run.ToString(),
                ["startedAt"] = Time(news.StartedAt),
                ["finishedAt"] = Time(news.FinishedAt),
                ["items"] = new JsonArray([.. items.Take(MostItems).Select(Item)]),
                ["omitted"] = Math.Max(items.Count - MostItems, 0),
            },
        });
        return new MessageRequest(id, HttpMethod.Post, url, ContentType, body);
    }

    private static JsonObject Item(NewsItem item)
    {
        var shown = new JsonObject
        {
            ["distribution"] = item.Distribution,
            ["cloud"] = item.Cloud,
            ["revision"] = item.Revision,
            ["imageName"] = item.ImageName,
            ["imageId"] = item.ImageId,
            ["failure"] = item.Failure,
            ["reason"] = item.Reason?.OnOneLine().Shortened(LongestReason),
            ["since"] = item.Since is { } since ? Time(since) : null,
            ["isReminder"] = item.Before is not null,
        };
        foreach (var empty in shown.Where(member => member.Value is null).Select(member => member.Key).ToList())
            shown.Remove(empty);
        return shown;
    }

    /// <summary>RFC 3339, in UTC.</summary>
    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

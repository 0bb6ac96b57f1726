using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Notify;

/// <summary>News as people read them in a chat: a title, and a line for each of them, as many as a chat takes.</summary>
/// <param name="Title">Such as <c>Imgsync: 2 failed, 1 published</c>.</param>
/// <param name="Lines">Each without line breaks, and without anything that a chat would take for markup of ours.</param>
internal sealed record NewsText(string Title, IReadOnlyList<string> Lines)
{
    /// <summary>Slack takes 50 blocks of a message; people read fewer.</summary>
    private const int MostLines = 40;

    /// <summary>A message of Teams has at most 28 KB, and the card around the lines is part of it.</summary>
    private const int MostBytes = 16 * 1024;

    private const int LongestReason = 500;

    public static NewsText Of(RunNews news, IReadOnlyList<NewsItem> items)
    {
        if (news.IsSample)
            return new NewsText("Imgsync: this is a test message", ["Messages from here arrive. Nothing has happened."]);

        var lines = new List<string>();
        var room = MostBytes;
        foreach (var line in items.OrderBy(item => item.Occasion).Select(Line).Take(MostLines))
        {
            room -= JsonEncodedText.Encode(line, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes.Length;
            if (room < 0)
                break;
            lines.Add(line);
        }

        var left = items.Count - lines.Count;
        if (left > 0)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"and {left} more, which the report has"));
        lines.Add($"Run {news.Run}");
        return new NewsText($"Imgsync: {Counts(items)}", lines);
    }

    private static string Counts(IReadOnlyList<NewsItem> items) => string.Join(
        ", ", items.CountBy(item => item.Occasion).OrderBy(count => count.Key)
            .Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Value} {Word(count.Key, count.Value)}")));

    private static string Word(Occasion occasion, int count) => occasion switch
    {
        Occasion.Failure => "failed",
        Occasion.Recovery => count == 1 ? "works again" : "work again",
        Occasion.Published => "published",
        _ => "refused",
    };

    private static string Line(NewsItem item) => (item.Occasion switch
    {
        Occasion.Failure => $"{(item.Before is null ? "failed" : $"still failing since {Time(item.Since)}")}: {What(item)}{Why(item)}",
        Occasion.Recovery when item is { Distribution: null, IsOfRun: false } => $"works again: {What(item)}",
        Occasion.Recovery => $"works again: {What(item)}, which had failed since {Time(item.Since)}",
        Occasion.Published => $"published: {What(item)}, {item.ImageName ?? item.Revision}",
        _ => $"{(item.Before is null ? "refused" : $"still refused since {Time(item.Since)}")}: {What(item)}{Why(item)}",
    }).OnOneLine();

    private static string What(NewsItem item) => item switch
    {
        { IsOfRun: true } => "the run",
        { Distribution: null } => "clean-up",
        _ => $"{item.Distribution} in {item.Cloud}",
    };

    private static string Why(NewsItem item) => item.Reason is { Length: > 0 } reason ? $": {reason.Shortened(LongestReason)}" : "";

    private static string Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) ?? "some time ago";
}

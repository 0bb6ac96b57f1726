using System.Globalization;
using Imgsync.Core;

namespace Imgsync.Cli.Commands.Status;

/// <summary>A status as a monitoring plugin tells it: a line with performance data, and an exit code of its own kind (Monitoring Plugins
/// Development Guidelines).</summary>
internal static class MonitoringCheck
{
    private const int Critical = 2;
    private const int Unknown = 3;

    public static async Task<int> RunAsync(Func<Task<StatusAnswer>> read, TimeSpan maxAge, Terminal terminal)
    {
        try
        {
            var (code, line) = Judge(await read(), maxAge);
            terminal.Answer(line);
            return code;
        }
        catch (ImgsyncException failure)
        {
            terminal.Answer($"IMGSYNC UNKNOWN - {Plain(failure.Message)}");
            return Unknown;
        }
    }

    /// <summary>The worst counts, and is told first.</summary>
    public static (int Code, string Line) Judge(StatusAnswer status, TimeSpan maxAge)
    {
        var wrong = status.Images.Where(image => image.Wrong is not null).ToList();
        var never = status.Images.Where(image => image.Wrong is null && image.CheckedAt is null).ToList();
        var old = status.Images.Where(image => image.Wrong is null && status.At - image.CheckedAt > maxAge).ToList();
        var warned = status.Images.Where(image => image is { Wrong: null, Warning: not null }).ToList();
        List<string> critical =
        [
            .. status.Unplanned is { } none ? [$"no run could begin: {none.Reason}"] : Array.Empty<string>(),
            .. wrong.Select(image => $"{image.Distribution} for {image.Cloud} {image.State}: {image.Wrong!.Reason}"),
            .. old.Select(image =>
                $"{image.Distribution} for {image.Cloud} was last checked {Durations.Rough(status.At - image.CheckedAt!.Value)} ago"),
            .. status.CleanUpFailures,
        ];
        List<string> warnings =
        [
            .. never.Select(image => $"{image.Distribution} for {image.Cloud} has never been checked"),
            .. warned.Select(image => $"{image.Distribution} for {image.Cloud}: {image.Warning}"),
            .. status.Warnings,
        ];
        var (code, word, told) = (status.LastRun, critical, warnings) switch
        {
            (null, [], _) => (Unknown, "UNKNOWN", "no run has ended yet with this staging"),
            (_, [_, ..], _) => (Critical, "CRITICAL", Told(critical)),
            (_, _, [_, ..]) => (1, "WARNING", Told(warnings)),
            _ when status.Images.Count == 0 => (Unknown, "UNKNOWN", "no image is to be kept current"),
            _ => (0, "OK", $"{status.Images.Count} images are up to date"),
        };
        var oldest = status.Images.Max(image => status.At - image.CheckedAt) ?? TimeSpan.Zero;
        return (code, string.Create(
            CultureInfo.InvariantCulture,
            $"IMGSYNC {word} - {Plain(told)} | images={status.Images.Count};;;0 wrong={wrong.Count};;0;0 "
                + $"unchecked={never.Count};0;;0 age={(long)oldest.TotalSeconds}s;;{(long)maxAge.TotalSeconds};0"));
    }

    private static string Told(List<string> sentences) => sentences.Count == 1
        ? sentences[0]
        : string.Create(CultureInfo.InvariantCulture, $"{sentences[0].TrimEnd('.')}; {sentences.Count - 1} more, see imgsync status");

    /// <summary>A bar would begin the performance data.</summary>
    private static string Plain(string text) => text.OnOneLine().Replace('|', '/');
}

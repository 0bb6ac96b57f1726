using System.Globalization;
using Imgsync.Core;
using Imgsync.Core.Runs;

namespace Imgsync.Cli.Display.Live;

/// <summary>One image while a run goes on, as one line that never wraps: what is less important goes first as the terminal narrows.
/// </summary>
/// <param name="transferring">What it is called that bytes pass.</param>
internal sealed class ImageLine(string distribution, string cloud, string? transferring = null)
{
    private const int WidestBar = 40;
    private const int GoodBar = 20;
    private const int NarrowestBar = 8;
    private const int StateWidth = 15;

    private readonly RateMeter _rate = new();
    private ImageProgress? _last;
    private TimeSpan? _retryAt;

    public string Subject { get; } = Words.Subject(distribution, cloud).OnOneLine();

    public ImageOutcome? Ended { get; private set; }

    public bool IsAtWork => _last is not null && Ended is null;

    public long Bytes => _last?.Bytes ?? 0;

    public void Take(ImageProgress progress, TimeSpan at)
    {
        Ended = progress.Ended;
        _retryAt = at + progress.RetryIn;
        if (_last?.Stage != progress.Stage || progress.Total is not null)
            _last = progress;
        if (progress is { Stage: SyncStage.Transfer, Total: not null })
            _rate.Saw(at, progress.Bytes);
    }

    /// <param name="subjectWidth">What all lines give to the name of the image.</param>
    public (string Text, Tone Tone) Render(int width, int subjectWidth, TimeSpan now)
    {
        var subject = TextWidth.PadRight(TextWidth.Fit(Subject, subjectWidth), subjectWidth) + " ";
        var room = width - subjectWidth - 1;
        var (text, tone) = this switch
        {
            { Ended: { } ended } => (Ending(ended), Words.Tone(ended)),
            { _retryAt: { } at } => ($"tries again in {Amounts.Clock(at > now ? at - now : TimeSpan.Zero)}", Tone.Warning),
            { _last: null } => ("waiting", Tone.Faint),
            { _last: { Stage: SyncStage.Transfer, Total: { } total } last } => (Transfer(last.Bytes, total, room, now), Tone.Plain),
            { _last: { } last } => (Words.Of(last.Stage), Tone.Plain),
        };
        return (TextWidth.Fit(subject + text, width), tone);
    }

    private static string Ending(ImageOutcome ended) => ended.IsGood
        ? $"{Words.Of(ended)}{Short(ended)}"
        : $"{(ended.IsCancelled ? "cancelled" : Words.Of(ended).ToUpperInvariant())}  {ended.Reason.OnOneLine()}";

    private static string Short(ImageOutcome ended)
    {
        var moved = Math.Max(ended.BytesDownloaded, ended.BytesUploaded);
        var took = TimeSpan.FromSeconds(ended.Seconds.Values.Sum());
        return (ended.Revision is { } revision ? $"  {revision.OnOneLine()}" : "")
            + (moved > 0 ? $"  {Amounts.Bytes(moved)} in {took.InWords()}" : "");
    }

    /// <summary>By importance: how much of it, how fast, how long still, of how many bytes, a bar in what is left, and what goes on.
    /// </summary>
    private string Transfer(long bytes, long total, int room, TimeSpan now)
    {
        var rate = _rate.At(now, bytes);
        var share = total > 0 ? Math.Clamp((double)bytes / total, 0, 1) : 1;
        var speed = rate switch { null => "", 0 => "stalled", { } known => $"{Amounts.Bytes(known)}/s" };
        var left = rate is > 0 ? $"{Amounts.Clock(TimeSpan.FromSeconds(Math.Min((total - bytes) / rate.Value, 359999)))} left" : "";
        var end = ((int)(share * 100)).ToString(CultureInfo.InvariantCulture).PadLeft(3) + "%";
        string[] more = [speed.PadLeft(11), left.PadLeft(12), $"{Amounts.Bytes(bytes)} of {Amounts.Bytes(total)}".PadLeft(19)];
        foreach (var part in more.TakeWhile(part => end.Length + part.Length <= room))
            end += part;

        var doing = transferring ?? Words.Of(SyncStage.Transfer);
        var begin = room - end.Length - StateWidth - 2 >= GoodBar ? doing.PadRight(StateWidth) + " " : "";
        var bar = Math.Min(WidestBar, room - begin.Length - end.Length - 1);
        return (begin + (bar >= NarrowestBar ? Bar(share, bar) + " " : "") + end).TrimEnd();
    }

    private static string Bar(double share, int width)
    {
        var done = (int)(share * width);
        return new string('━', done) + new string('╌', width - done);
    }
}

using System.Globalization;
using Imgsync.Core.Runs;

namespace Imgsync.Cli.Display.Live;

/// <summary>All images of a run, as the lines that a terminal has room for: those at work first, then what went wrong. What has no
/// line is counted in the last one.</summary>
internal sealed class RunBoard : LiveBoard
{
    private const int WidestSubject = 40;

    private readonly List<ImageLine> _lines;
    private readonly Dictionary<(string, string), ImageLine> _byKey;

    public RunBoard(IReadOnlyList<PlannedDistribution> planned)
    {
        (string Distribution, string Cloud)[] images =
        [
            .. planned.SelectMany(one => one.Clouds.DefaultIfEmpty("").Select(cloud => (one.Distribution, cloud))),
        ];
        _byKey = images.ToDictionary(image => image, image => new ImageLine(image.Distribution, image.Cloud));
        _lines = [.. images.Select(image => _byKey[image])];
    }

    public void Take(ImageProgress progress, TimeSpan at)
    {
        lock (Gate)
        {
            if (!_byKey.TryGetValue((progress.Distribution, progress.Cloud), out var line))
                _lines.Add(_byKey[(progress.Distribution, progress.Cloud)] = line = new ImageLine(progress.Distribution, progress.Cloud));
            line.Take(progress, at);
        }
    }

    public override IReadOnlyList<(string Text, Tone Tone)> Render(int width, int height, TimeSpan now)
    {
        lock (Gate)
        {
            var below = Below(width);
            var room = Math.Max(1, height - below.Count);
            var subjectWidth = Math.Min(
                _lines.Select(line => TextWidth.Of(line.Subject)).DefaultIfEmpty().Max(), Math.Clamp(width * 2 / 5, 10, WidestSubject));
            var shown = _lines.Count <= room ? _lines : [.. _lines.OrderBy(Rank).Take(room).OrderBy(_lines.IndexOf)];
            return [.. shown.Select(line => line.Render(width, subjectWidth, now)), .. below];
        }
    }

    /// <summary>Those at work, what failed, what waits, and at last what is done.</summary>
    private static int Rank(ImageLine line) => line switch
    {
        { IsAtWork: true } => 0,
        { Ended: { IsGood: false } } => 1,
        { Ended: null } => 2,
        _ => 3,
    };

    private List<(string Text, Tone Tone)> Below(int width)
    {
        var below = new List<(string, Tone)>();
        if (_lines.Count > 1)
            below.Add((TextWidth.Fit(Count(), width), Tone.Faint));
        below.AddRange(NoticeLines(width));
        return below;
    }

    private string Count()
    {
        var ended = _lines.Select(line => line.Ended).OfType<ImageOutcome>().ToList();
        var failed = ended.Count(outcome => !outcome.IsGood);
        var atWork = _lines.Count(line => line.IsAtWork);
        (int Count, string Words)[] counts =
        [
            (ended.Count - failed, "done"),
            (failed, "failed"),
            (atWork, "at work"),
            (_lines.Count - ended.Count - atWork, "waiting"),
        ];
        var all = counts.Where(count => count.Count > 0)
            .Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Count} {count.Words}"));
        return string.Create(CultureInfo.InvariantCulture, $"{_lines.Count} images: {string.Join(", ", all)}")
            + (ended.Count == _lines.Count ? "; cleaning up" : "");
    }
}

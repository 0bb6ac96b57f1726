using System.Diagnostics;
using System.Globalization;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Runs;

namespace Imgsync.Cli.Display.Live;

/// <summary>How far reading images back is, one after the other: a bar that is drawn again and again on a terminal, a plain line an image
/// elsewhere.</summary>
internal sealed class ReadingDisplay : LiveBoard, IDisposable
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Terminal _terminal;
    private readonly int _count;
    private readonly long _total;
    private readonly IDisposable? _drawing;
    private ImageLine? _line;
    private int _place;
    private long _done;
    private long _bytes;

    /// <param name="count">How many images there are.</param>
    /// <param name="total">Their bytes together.</param>
    public ReadingDisplay(Terminal terminal, int count, long total)
    {
        (_terminal, _count, _total) = (terminal, count, total);
        if (terminal is { Quiet: false, WithoutProgress: false, IsProgressWatched: true })
            _drawing = terminal.Draw(this, () => _clock.Elapsed);
    }

    /// <returns>Takes how many bytes have come.</returns>
    public Action<long> Begin(GlanceImage image, string cloud)
    {
        lock (Gate)
        {
            _line = new ImageLine(image.Name, cloud, "reading back");
            _place++;
            _done += _bytes;
            _bytes = 0;
        }

        // Each image is seen, however soon it is read.
        if (_drawing is not null)
            _terminal.Redraw();
        else if (!_terminal.WithoutProgress)
            _terminal.Tell(string.Create(
                CultureInfo.InvariantCulture,
                $"{Words.Subject(image.Name, cloud)}: reading back {Amounts.Bytes(image.Size ?? 0)}, {_place} of {_count}"));
        return bytes =>
        {
            lock (Gate)
            {
                _bytes = bytes;
                _line.Take(new ImageProgress(image.Name, cloud, SyncStage.Transfer, bytes, image.Size), _clock.Elapsed);
            }
        };
    }

    public override IReadOnlyList<(string Text, Tone Tone)> Render(int width, int height, TimeSpan now)
    {
        lock (Gate)
        {
            var lines = new List<(string, Tone)>();
            if (_line is not null)
            {
                var subject = Math.Min(TextWidth.Of(_line.Subject), Math.Max(10, width * 2 / 5));
                lines.Add(_line.Render(width, subject, now));
                var all = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_place} of {_count} images, {Amounts.Bytes(_done + _bytes)} of {Amounts.Bytes(_total)} read back");
                lines.Add((TextWidth.Fit(all, width), Tone.Faint));
            }

            lines.AddRange(NoticeLines(width));
            return [.. lines.Take(Math.Max(1, height))];
        }
    }

    public void Dispose() => _drawing?.Dispose();
}

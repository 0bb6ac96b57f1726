using System.Diagnostics;
using Imgsync.Cli.Logs;
using Imgsync.Core;
using Imgsync.Core.Runs;
using Microsoft.Extensions.Logging;

namespace Imgsync.Cli.Display.Live;

/// <summary>What goes on while it goes on: a line an image that is drawn again and again on a terminal, a plain line a stage elsewhere.
/// </summary>
internal static class ProgressDisplay
{
    /// <param name="planned">What the run will work on, as it is told before the first of it has begun.</param>
    public static async Task<T> ShowAsync<T>(
        Terminal terminal, IReadOnlyList<PlannedDistribution> planned, Func<IProgress<ImageProgress>, Task<T>> work)
    {
        if (terminal.Quiet || terminal.WithoutProgress)
            return await work(new Nothing());
        if (!terminal.IsProgressWatched)
            return await work(new Lines(terminal, planned));

        var clock = Stopwatch.StartNew();
        var board = new RunBoard(planned);
        using (terminal.Draw(board, () => clock.Elapsed))
            return await work(new Board(board, clock));
    }

    private sealed class Nothing : IProgress<ImageProgress>
    {
        public void Report(ImageProgress value)
        {
        }
    }

    private sealed class Board(RunBoard board, Stopwatch clock) : IProgress<ImageProgress>
    {
        public void Report(ImageProgress value) => board.Take(value, clock.Elapsed);
    }

    private sealed class Lines : IProgress<ImageProgress>
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<(string, string), string> _last = [];
        private readonly Terminal _terminal;

        private readonly string _first;
        private bool _hasBegun;

        public Lines(Terminal terminal, IReadOnlyList<PlannedDistribution> planned)
        {
            _terminal = terminal;
            var clouds = planned.SelectMany(one => one.Clouds).Distinct(StringComparer.Ordinal).ToList();
            var images = planned.Sum(one => Math.Max(1, one.Clouds.Count));
            _first = $"{images} {(images == 1 ? "image" : "images")}{(clouds is [] ? "" : $" for {string.Join(", ", clouds)}")}: "
                + "asking the publishers what is newest";
        }

        public void Report(ImageProgress value)
        {
            var said = value switch
            {
                { Ended: { } ended } => Words.Of(ended),
                { RetryIn: { } wait } => $"tries again in {wait.InWords()}",
                _ => Words.Of(value.Stage),
            };
            lock (_lock)
            {
                if (_last.GetValueOrDefault((value.Distribution, value.Cloud)) == said)
                    return;
                _last[(value.Distribution, value.Cloud)] = said;
                if (!_hasBegun)
                    _terminal.Tell(new LogLine(LogLevel.Information, _first) { IsOfRun = true });
                _hasBegun = true;
            }

            _terminal.Tell(
                $"{Words.Subject(value.Distribution, value.Cloud)}: {said}", new LogSubject(Run: null, value.Distribution, value.Cloud));
        }
    }
}

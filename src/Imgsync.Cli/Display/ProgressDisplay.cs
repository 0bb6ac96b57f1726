using System.Collections.Concurrent;
using Imgsync.Core.Runs;
using Spectre.Console;

namespace Imgsync.Cli.Display;

/// <summary>What goes on while it goes on: a live bar per image on a terminal, a plain line per stage elsewhere.</summary>
internal static class ProgressDisplay
{
    public static async Task<T> ShowAsync<T>(Terminal terminal, Func<IProgress<ImageProgress>, Task<T>> work)
    {
        if (!terminal.IsProgressWatched)
            return await work(new Lines(terminal));

        return await terminal.Progress.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new DownloadedColumn(),
                new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(context => work(new Bars(context)));
    }

    private sealed class Bars(ProgressContext context) : IProgress<ImageProgress>
    {
        private readonly ConcurrentDictionary<(string, string), Lazy<ProgressTask>> _bars = new();

        public void Report(ImageProgress value)
        {
            var bar = _bars.GetOrAdd(
                (value.Distribution, value.Cloud), _ => new Lazy<ProgressTask>(() => context.AddTask(value.Distribution))).Value;
            bar.Description = $"{Markup.Escape(Subject(value))} {Verb(value.Stage)}";
            bar.IsIndeterminate = value.Total is null;
            if (value.Total is { } total)
                (bar.MaxValue, bar.Value) = (total, value.Bytes);
        }
    }

    private sealed class Lines(Terminal terminal) : IProgress<ImageProgress>
    {
        private readonly ConcurrentDictionary<(string, string), SyncStage> _last = new();

        public void Report(ImageProgress value)
        {
            var key = (value.Distribution, value.Cloud);
            if (_last.TryGetValue(key, out var stage) && stage == value.Stage)
                return;

            _last[key] = value.Stage;
            terminal.Tell($"{Subject(value)}: {Verb(value.Stage)}");
        }
    }

    private static string Subject(ImageProgress value) => value.Cloud is "" ? value.Distribution : $"{value.Distribution} > {value.Cloud}";

    private static string Verb(SyncStage stage) => stage switch
    {
        SyncStage.Resolve => "asking upstream",
        SyncStage.Settle => "asking Glance",
        SyncStage.Transfer => "transferring",
        SyncStage.Publish => "publishing",
        _ => stage.ToString(),
    };
}

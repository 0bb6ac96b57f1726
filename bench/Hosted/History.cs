using Microsoft.DurableTask;

namespace Imgsync.Hosted;

/// <summary>One orchestration's history: what ended in which order, with which result.</summary>
/// <param name="orchestrate">The orchestrator, which is run again from its start in every episode.</param>
internal sealed class History(object input, Func<TaskOrchestrationContext, Task> orchestrate)
{
    /// <summary>Characters; what is longer gets a blob of its own instead of a place in a
    /// message or a row (45 KiB, 60 KiB of UTF-16).</summary>
    private const int Large = 30 * 1024;

    private readonly List<(int Call, string Result)> _ended = [];

    /// <summary>Scheduled and ended are two events, and each episode begins and ends with one; the instance's own start and end.</summary>
    public int Events => (4 * _ended.Count) + 4;

    public int Calls => _ended.Count;

    /// <summary>One for the start, and one whenever something ends.</summary>
    public int Episodes => _ended.Count + 1;

    public int MostPending { get; private set; }

    /// <summary>Results are kept in the history, inputs are not.</summary>
    public long ResultCharacters => _ended.Sum(ended => (long)ended.Result.Length);

    public int LargeInputs { get; private set; }

    public int LargeResults => _ended.Count(ended => ended.Result.Length > Large);

    /// <summary>Characters of the longest custom status.</summary>
    public int LongestStatus { get; private set; }

    /// <summary>Runs it to its end; what is at work ends in an order of its own, the same at every run.</summary>
    /// <param name="work">Answers a call: its name and its input, to its result.</param>
    public static async Task<History> RunAsync(
        object input, Func<TaskOrchestrationContext, Task> orchestrate, Func<string, string, string> work)
    {
        var history = new History(input, orchestrate);
        var order = new Random(Seed: 20240717);
        var context = new EpisodeContext(input);
        var run = orchestrate(context);
        while (!run.IsCompleted)
        {
            history.MostPending = Math.Max(history.MostPending, context.Pending.Count);
            var call = context.Pending[order.Next(context.Pending.Count)];
            history.LargeInputs += call.Input.Length > Large ? 1 : 0;
            history._ended.Add((call.Number, work(call.Name, call.Input)));
            context.End(call.Number, history._ended[^1].Result);
            history.LongestStatus = Math.Max(history.LongestStatus, context.Status?.Length ?? 0);
        }

        await run;
        return history;
    }

    /// <summary>Processor time of the orchestrator in all its episodes. An episode costs what it replays,
    /// so that of very many a few suffice, evenly apart.</summary>
    public TimeSpan ReplayTime()
    {
        Replay(Calls); // compiled by now
        var measured = Calls <= 250
            ? Enumerable.Range(0, Episodes).ToList()
            : [.. Enumerable.Range(0, 4).Select(eighth => (int)(Calls * (1L + (2 * eighth)) / 8))];
        return measured.Aggregate(TimeSpan.Zero, (sum, calls) => sum + Replay(calls)) / measured.Count * Episodes;
    }

    public TimeSpan LastEpisode() => Replay(Calls);

    private TimeSpan Replay(int calls)
    {
        var started = Environment.CpuUsage.TotalTime; // a loaded machine makes waiting longer, not work
        var context = new EpisodeContext(input);
        _ = orchestrate(context);
        foreach (var (call, result) in _ended.Take(calls))
            context.End(call, result);
        return Environment.CpuUsage.TotalTime - started;
    }
}

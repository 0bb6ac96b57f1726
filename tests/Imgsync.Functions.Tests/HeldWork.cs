using System.Diagnostics;
using Imgsync.Core.Runs;

namespace Imgsync.Functions.Tests;

/// <summary>Activities that end one at a time, in the order a test chooses.</summary>
internal sealed class HeldWork
{
    private readonly List<(SyncWork Work, TaskCompletionSource<ImageOutcome> Done)> _held = [];

    public Task<ImageOutcome> AddAsync(SyncWork work)
    {
        var done = new TaskCompletionSource<ImageOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_held)
            _held.Add((work, done));
        return done.Task;
    }

    /// <summary>Waits until so many are at work, for half a minute at most.</summary>
    public async Task AtWorkAsync(int count)
    {
        var started = Stopwatch.GetTimestamp();
        while (Count() < count)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), $"{Count()} are at work, not {count}.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Ends one of those at work, by its place among them.</summary>
    public void Release(int place = 0)
    {
        TaskCompletionSource<ImageOutcome> done;
        SyncWork work;
        lock (_held)
        {
            (work, done) = _held[place];
            _held.RemoveAt(place);
        }

        done.SetResult(Scenario.Published(work));
    }

    /// <summary>Ends whatever comes, in an order of its own, until the run has ended.</summary>
    public async Task ReleaseAllAsync(Task run, Random order)
    {
        while (!run.IsCompleted)
        {
            if (Count() is > 0 and var count)
                Release(order.Next(count));
            else
                await Task.WhenAny(run, Task.Delay(2, TestContext.Current.CancellationToken));
        }
    }

    private int Count()
    {
        lock (_held)
            return _held.Count;
    }
}

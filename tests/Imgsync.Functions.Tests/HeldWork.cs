using Imgsync.Core.Runs;
using Imgsync.Testing;

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

    /// <summary>Waits until so many are at work.</summary>
    public Task AtWorkAsync(int count) => Eventually.TrueAsync($"{count} are at work", () => Count() >= count);

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
    public Task ReleaseAllAsync(Task run, Random order) => Eventually.TrueAsync("the run has ended", () =>
    {
        while (Count() is > 0 and var count)
            Release(order.Next(count));
        return run.IsCompleted;
    });

    private int Count()
    {
        lock (_held)
            return _held.Count;
    }
}

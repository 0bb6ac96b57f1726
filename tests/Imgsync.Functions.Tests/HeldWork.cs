using Imgsync.Core.Sync;

namespace Imgsync.Functions.Tests;

/// <summary>Activities that end one at a time, in the order a test chooses.</summary>
internal sealed class HeldWork
{
    private readonly List<(int Call, SyncWork Work, TaskCompletionSource<ImageOutcome> Done)> _held = [];

    /// <summary>The numbers of the calls in the order in which they ended: what a history is made of.</summary>
    public List<int> History { get; } = [];

    public int Count => _held.Count;

    public Task<ImageOutcome> AddAsync(SyncWork work, RecordedCall call)
    {
        var done = new TaskCompletionSource<ImageOutcome>();
        _held.Add((call.Number, work, done));
        return done.Task;
    }

    /// <summary>Ends one of those at work, by its place among them.</summary>
    public void Release(int place)
    {
        var (call, work, done) = _held[place];
        _held.RemoveAt(place);
        History.Add(call);
        done.SetResult(Scenario.Published(work));
    }

    /// <summary>Ends what ended then, as a replay does.</summary>
    public void Replay(int call) => Release(_held.FindIndex(held => held.Call == call));
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Imgsync.Core;
using Imgsync.Core.Runs;
using Imgsync.Functions.Workflow;
using Microsoft.DurableTask.Client;

namespace Imgsync.Functions.Tests.Engine;

/// <summary>One run on the engine: what it asked of its activities, and how to reach it meanwhile.</summary>
internal sealed class EngineRun(WorkflowEngine engine, string instance, RunId run, IActivities activities)
{
    private readonly ConcurrentQueue<ActivityCall> _calls = [];
    private int _inFlight;
    private int _mostInFlight;

    public string Instance => instance;

    /// <summary>In the order in which they began; each try is one.</summary>
    public IReadOnlyList<ActivityCall> Calls => [.. _calls];

    /// <summary>The activities' names in that order.</summary>
    public string Told => string.Join(' ', Calls.Select(call => call.Name));

    public int MostInFlight => _mostInFlight;

    public int InFlight => _inFlight;

    public IEnumerable<T> Inputs<T>() => Calls.Select(call => call.Input).OfType<T>();

    /// <summary>Waits for its end.</summary>
    /// <exception cref="FailedRunException">The orchestration itself failed.</exception>
    public async Task<RunSummary> EndedAsync()
    {
        var ended = await engine.Client.WaitForInstanceCompletionAsync(
            instance, getInputsAndOutputs: true, TestContext.Current.CancellationToken);
        return ended.RuntimeStatus is OrchestrationRuntimeStatus.Completed
            ? ended.ReadOutputAs<RunSummary>()!
            : throw new FailedRunException(ended.FailureDetails?.Cause().ErrorMessage ?? ended.RuntimeStatus.ToString());
    }

    /// <summary>All that the engine keeps of it besides its calls, as JSON.</summary>
    public async Task<IReadOnlyList<string>> KeptAsync()
    {
        var now = await engine.Client.GetInstanceAsync(instance, getInputsAndOutputs: true, TestContext.Current.CancellationToken);
        return [now?.SerializedInput ?? "", now?.SerializedCustomStatus ?? "", now?.SerializedOutput ?? "",
            now?.FailureDetails?.ToString() ?? ""];
    }

    /// <param name="forRun">Which run is meant; this one by itself.</param>
    public Task CancelAsync(string? forRun = null) =>
        engine.Client.RaiseEventAsync(instance, RunCancellation.Event, forRun ?? run.ToString(), TestContext.Current.CancellationToken);

    public async Task<RunStatus?> StatusAsync()
    {
        var now = await engine.Client.GetInstanceAsync(instance, getInputsAndOutputs: true, TestContext.Current.CancellationToken);
        return now?.SerializedCustomStatus is { } status ? JsonSerializer.Deserialize<RunStatus>(status) : null;
    }

    /// <summary>Waits until the run's status is as expected, for half a minute at most.</summary>
    public Task<RunStatus> StatusAsync(Func<RunStatus, bool> expected) =>
        Testing.Eventually.FoundAsync(
            "the run's status is as expected", async () => await StatusAsync() is { } now && expected(now) ? now : null);

    /// <summary>Waits until an activity has begun.</summary>
    public Task<ActivityCall> BegunAsync(Func<ActivityCall, bool> expected) =>
        Testing.Eventually.FoundAsync("the activity has begun", () => Task.FromResult(Calls.FirstOrDefault(expected)));

    public async Task<TResult> PerformAsync<TInput, TResult>(
        string name, string history, TInput input, Func<IActivities, TInput, Task<TResult>> perform)
    {
        var call = new ActivityCall(name, history, input!, Stopwatch.GetTimestamp());
        InterlockedMax(ref _mostInFlight, Interlocked.Increment(ref _inFlight));
        _calls.Enqueue(call);
        try
        {
            var result = await perform(activities, input);
            call.Output = JsonSerializer.Serialize(result);
            return result;
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = target; value > seen;)
            seen = Interlocked.CompareExchange(ref target, value, seen) is var now && now == seen ? value : now;
    }
}

/// <summary>The orchestration failed, and this is what it says.</summary>
internal sealed class FailedRunException(string message) : Exception(message);

/// <param name="History">The instance that called it: the run's own or a batch's.</param>
/// <param name="BegunAt">A <see cref="Stopwatch"/>'s timestamp.</param>
internal sealed record ActivityCall(string Name, string History, object Input, long BegunAt)
{
    /// <summary>As JSON, once it has ended well.</summary>
    public string? Output { get; set; }

    public string Json => JsonSerializer.Serialize(Input, Input.GetType());

    public SyncWorkName Work => Input is SyncWork work ? new SyncWorkName(work.Distribution, work.Cloud) : default;
}

internal readonly record struct SyncWorkName(string Distribution, string? Cloud);

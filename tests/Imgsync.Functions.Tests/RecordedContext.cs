using System.Text.Json;
using Imgsync.Functions.Workflow;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Imgsync.Functions.Tests;

/// <summary>
/// Runs the orchestrator in this process and writes down what it asks for. Everything that crosses the workflow goes
/// through JSON, as it does in the real one; activities end when and how the test says.
/// </summary>
internal sealed class RecordedContext(object start, Func<RecordedCall, Task<object?>> activity, RecordedContext? parent = null, string? instanceId = null)
    : TaskOrchestrationContext
{
    private readonly List<(string Name, TaskCompletionSource<string> Arrived)> _waiters = [];

    /// <summary>What this orchestration itself asked for.</summary>
    public List<RecordedCall> Calls { get; } = [];

    /// <summary>The sub-orchestrations it called, in the order in which they began.</summary>
    public List<RecordedContext> Children { get; } = [];

    /// <summary>What it and its sub-orchestrations asked for.</summary>
    public IEnumerable<RecordedCall> AllCalls => Calls.Concat(Children.SelectMany(child => child.AllCalls));

    public List<string> Statuses { get; } = [];

    /// <summary>How many activities were at work at once, those of sub-orchestrations included.</summary>
    public int MostInFlight { get; private set; }

    public int InFlight { get; private set; }

    private RecordedContext Root => parent?.Root ?? this;

    public override TaskName Name => nameof(SyncOrchestrator);

    public override string InstanceId => instanceId ?? SyncOrchestrator.InstanceId;

    public override ParentOrchestrationInstance? Parent => null;

    public override DateTime CurrentUtcDateTime => new(2024, 7, 17, 18, 11, 0, DateTimeKind.Utc);

    public override bool IsReplaying => false;

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    public IEnumerable<T> Inputs<T>(string activityName) =>
        AllCalls.Where(call => string.Equals(call.Name, activityName, StringComparison.Ordinal)).Select(call => call.Input<T>());

    public void Raise(string eventName, string payload)
    {
        foreach (var waiter in _waiters.Where(waiter => string.Equals(waiter.Name, eventName, StringComparison.Ordinal)).ToList())
        {
            _waiters.Remove(waiter);
            waiter.Arrived.SetResult(payload);
        }
    }

    public override T? GetInput<T>()
        where T : default => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(start, start.GetType()));

    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        var call = Record(name, input, options);
        Root.MostInFlight = Math.Max(Root.MostInFlight, ++Root.InFlight);
        try
        {
            var result = await AttemptAsync(call);
            call.Output = JsonSerializer.Serialize(result, result?.GetType() ?? typeof(object));
            return JsonSerializer.Deserialize<TResult>(call.Output)!;
        }
        finally
        {
            Root.InFlight--;
        }
    }

    /// <summary>As the engine does: the policy's number of attempts, for failures that may pass.</summary>
    private async Task<object?> AttemptAsync(RecordedCall call)
    {
        while (true)
        {
            call.Attempts++;
            try
            {
                return await activity(call);
            }
            catch (Exception failure)
            {
                var details = new TaskFailureDetails(failure.GetType().FullName!, failure.Message, null, null, null);
                if (!details.MayPass() || call.Attempts >= (call.Options?.Retry?.Policy?.MaxNumberOfAttempts ?? 1))
                    throw new TaskFailedException(call.Name, call.Number, details);
            }
        }
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        var arrived = new TaskCompletionSource<string>();
        _waiters.Add((eventName, arrived));
        return (Task<T>)(object)arrived.Task;
    }

    public override void SetCustomStatus(object? customStatus) => Statuses.Add(JsonSerializer.Serialize(customStatus));

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) => throw Unexpected();

    public override void SendEvent(string instanceId, string eventName, object payload) =>
        Children.Single(child => child.InstanceId == instanceId).Raise(eventName, (string)payload);

    public override async Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        var call = Record(orchestratorName, input, options);
        var child = new RecordedContext(call.Input<SyncBatch>(), activity, this, ((SubOrchestrationOptions)options!).InstanceId);
        Children.Add(child);
        try
        {
            call.Output = JsonSerializer.Serialize(await BatchOrchestrator.RunAsync(child));
        }
        catch (TaskFailedException failure)
        {
            throw new TaskFailedException(orchestratorName, call.Number, failure.FailureDetails);
        }

        return JsonSerializer.Deserialize<TResult>(call.Output)!;
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => throw Unexpected();

    public override Guid NewGuid() => throw Unexpected();

    private RecordedCall Record(TaskName name, object? input, TaskOptions? options)
    {
        var call = new RecordedCall(Calls.Count, name, JsonSerializer.Serialize(input, input?.GetType() ?? typeof(object)), options);
        Calls.Add(call);
        return call;
    }

    private static InvalidOperationException Unexpected() => new("The orchestrator has no business with this.");
}

/// <param name="Number">Its place among all calls.</param>
internal sealed record RecordedCall(int Number, string Name, string Json, TaskOptions? Options)
{
    public int Attempts { get; set; }

    public string? Output { get; set; }

    public T Input<T>() => JsonSerializer.Deserialize<T>(Json)!;
}

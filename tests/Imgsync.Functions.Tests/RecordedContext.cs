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
internal sealed class RecordedContext(RunStart start, Func<RecordedCall, Task<object?>> activity) : TaskOrchestrationContext
{
    private readonly List<(string Name, TaskCompletionSource<string> Arrived)> _waiters = [];

    public List<RecordedCall> Calls { get; } = [];

    public List<string> Statuses { get; } = [];

    public int InFlight { get; private set; }

    public int MostInFlight { get; private set; }

    public override TaskName Name => nameof(SyncOrchestrator);

    public override string InstanceId => SyncOrchestrator.InstanceId;

    public override ParentOrchestrationInstance? Parent => null;

    public override DateTime CurrentUtcDateTime => new(2024, 7, 17, 18, 11, 0, DateTimeKind.Utc);

    public override bool IsReplaying => false;

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    public IEnumerable<T> Inputs<T>(string activityName) =>
        Calls.Where(call => string.Equals(call.Name, activityName, StringComparison.Ordinal)).Select(call => call.Input<T>());

    public void Raise(string eventName, string payload)
    {
        foreach (var waiter in _waiters.Where(waiter => string.Equals(waiter.Name, eventName, StringComparison.Ordinal)).ToList())
        {
            _waiters.Remove(waiter);
            waiter.Arrived.SetResult(payload);
        }
    }

    public override T? GetInput<T>()
        where T : default => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(start));

    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        var call = new RecordedCall(Calls.Count, name, JsonSerializer.Serialize(input, input?.GetType() ?? typeof(object)), options);
        Calls.Add(call);
        MostInFlight = Math.Max(MostInFlight, ++InFlight);
        try
        {
            var result = await AttemptAsync(call);
            call.Output = JsonSerializer.Serialize(result, result?.GetType() ?? typeof(object));
            return JsonSerializer.Deserialize<TResult>(call.Output)!;
        }
        finally
        {
            InFlight--;
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
                if (!Retries.MayPass(details) || call.Attempts >= (call.Options?.Retry?.Policy?.MaxNumberOfAttempts ?? 1))
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

    public override void SendEvent(string instanceId, string eventName, object payload) => throw Unexpected();

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) => throw Unexpected();

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => throw Unexpected();

    public override Guid NewGuid() => throw Unexpected();

    private static InvalidOperationException Unexpected() => new("The orchestrator has no business with this.");
}

/// <param name="Number">Its place among all calls.</param>
internal sealed record RecordedCall(int Number, string Name, string Json, TaskOptions? Options)
{
    public int Attempts { get; set; }

    public string? Output { get; set; }

    public T Input<T>() => JsonSerializer.Deserialize<T>(Json)!;
}

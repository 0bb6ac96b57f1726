using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Imgsync.Hosted;

/// <summary>One episode of an orchestration: what it calls waits until it is told that it has ended, with what result as JSON.</summary>
internal sealed class EpisodeContext(object input) : TaskOrchestrationContext
{
    private readonly List<PendingCall> _calls = [];

    /// <summary>What was called and has not ended, in the order of the calls.</summary>
    public List<PendingCall> Pending { get; } = [];

    public string? Status { get; private set; }

    public override TaskName Name => "simulated";

    public override string InstanceId => "simulated";

    public override ParentOrchestrationInstance? Parent => null;

    public override DateTime CurrentUtcDateTime => DateTime.UnixEpoch;

    public override bool IsReplaying => true;

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    /// <param name="number">Which call, in the order of the calls.</param>
    public void End(int number, string result)
    {
        var call = _calls[number];
        Pending.Remove(call);
        call.Result.SetResult(result);
    }

    public override T? GetInput<T>()
        where T : default => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(input, input.GetType()));

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null) =>
        CallAsync<TResult>(name, input);

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        CallAsync<TResult>(orchestratorName, input);

    public override void SetCustomStatus(object? customStatus) => Status = JsonSerializer.Serialize(customStatus);

    /// <summary>Nobody cancels a simulated run.</summary>
    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) =>
        new TaskCompletionSource<T>().Task;

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => throw new NotSupportedException();

    public override Guid NewGuid() => throw new NotSupportedException();

    private async Task<TResult> CallAsync<TResult>(TaskName name, object? input)
    {
        var call = new PendingCall(
            _calls.Count, name, JsonSerializer.Serialize(input, input?.GetType() ?? typeof(object)), new TaskCompletionSource<string>());
        _calls.Add(call);
        Pending.Add(call);
        return JsonSerializer.Deserialize<TResult>(await call.Result.Task)!;
    }
}

/// <param name="Number">Its place among all calls.</param>
/// <param name="Input">As JSON.</param>
internal sealed record PendingCall(int Number, string Name, string Input, TaskCompletionSource<string> Result);

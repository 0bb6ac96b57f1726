using System.Text.Json;
using Imgsync.Functions.Workflow;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Imgsync.Functions.Tests;

/// <summary>A task hub of one instance, which is as a test leaves it.</summary>
internal sealed class RememberingClient() : DurableTaskClient("test")
{
    public OrchestrationMetadata? Instance { get; set; }

    /// <summary>What was scheduled: orchestrator, instance id, input as JSON.</summary>
    public List<(string Orchestrator, string? InstanceId, string Input)> Scheduled { get; } = [];

    public List<(string InstanceId, string Event, object? Payload)> Raised { get; } = [];

    /// <summary>Thrown instead of scheduling anything.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Answers instead of the instance.</summary>
    public Func<Task<OrchestrationMetadata?>>? Look { get; set; }

    public void Has(OrchestrationRuntimeStatus status, object input, object? customStatus = null, string? failure = null, string? output = null) => Instance =
        new OrchestrationMetadata(nameof(SyncOrchestrator), SyncOrchestrator.InstanceId)
        {
            RuntimeStatus = status,
            CreatedAt = new DateTimeOffset(2024, 7, 17, 18, 11, 0, TimeSpan.Zero),
            SerializedInput = JsonSerializer.Serialize(input),
            SerializedCustomStatus = customStatus is null ? null : JsonSerializer.Serialize(customStatus),
            SerializedOutput = output,
            FailureDetails = failure is null ? null : new TaskFailureDetails("Some.Exception", failure, null, null, null),
        };

    public override Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null,
        CancellationToken cancellation = default)
    {
        if (Failure is not null)
            throw Failure;
        Scheduled.Add((orchestratorName, options?.InstanceId, JsonSerializer.Serialize(input)));
        Has(OrchestrationRuntimeStatus.Pending, input!);
        return Task.FromResult(options?.InstanceId ?? "");
    }

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Look is not null ? Look() : Task.FromResult(instanceId == SyncOrchestrator.InstanceId && getInputsAndOutputs ? Instance : null);

    public override Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        Raised.Add((instanceId, eventName, eventPayload));
        return Task.CompletedTask;
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw Unexpected();

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw Unexpected();

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw Unexpected();

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw Unexpected();

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) => throw Unexpected();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static InvalidOperationException Unexpected() => new("No trigger has any business with this.");
}

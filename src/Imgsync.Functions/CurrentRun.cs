using System.Text.Json;
using Imgsync.Core;
using Imgsync.Functions.Workflow;
using Microsoft.DurableTask.Client;

namespace Imgsync.Functions;

/// <summary>What the one instance that all runs share is doing, or did last.</summary>
/// <param name="Failure">Why it has no report once it has ended: it could not even plan, or not store it.</param>
internal sealed record CurrentRun(RunId Run, bool IsUnderWay, DateTimeOffset StartedAt, RunStatus? Status, string? Failure)
{
    /// <summary>Null before the very first run.</summary>
    public static async Task<CurrentRun?> FindAsync(DurableTaskClient client, CancellationToken cancellationToken)
    {
        var instance = await client.GetInstanceAsync(SyncOrchestrator.InstanceId, getInputsAndOutputs: true, cancellationToken);
        if (instance is null)
            return null;

        var status = Read<RunStatus>(instance.SerializedCustomStatus);
        return new CurrentRun(
            Read<RunStart>(instance.SerializedInput)?.Run ?? RunId.Unknown,
            !instance.IsCompleted,
            instance.CreatedAt,
            status,
            instance.IsCompleted ? FailureOf(instance) ?? status?.Lost : null);
    }

    /// <summary>A Functions host hands on no details of a failure, but its text as the output, as a string or within one.</summary>
    private static string? FailureOf(OrchestrationMetadata instance) =>
        instance.RuntimeStatus is not (OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated) ? null
        : instance.FailureDetails?.Cause().ErrorMessage
            ?? (Read<string>(instance.SerializedOutput) is { Length: > 0 } text
                ? Outcomes.Cut(text)
                : "The run ended without a report, and its host does not say why; the app's log does.");

    /// <summary>What another version of ours has left there may look different; it is no reason to refuse to answer.</summary>
    private static T? Read<T>(string? json)
        where T : class
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<T>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

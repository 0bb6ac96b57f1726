using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Functions.Workflow;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Imgsync.Functions;

/// <summary>Starts a run unless one is under way. Two starters at once meet at the run lock; a starter that meets a run between two
/// of its activities, when nobody renews the lock, meets its instance.</summary>
public sealed class RunStarter(RunPlanner planner, IRunLock runLock, ImgsyncOptions options, TimeProvider time)
{
    /// <returns>The new run's id, or the one that is under way.</returns>
    /// <exception cref="ConfigurationException">The request cannot be met as it stands.</exception>
    public async Task<StartedRun> StartAsync(DurableTaskClient client, RunRequest request, CancellationToken cancellationToken)
    {
        var run = RunId.New(time.GetUtcNow());
        planner.Plan(request); // refuses what cannot work before anything is started
        if (await UnderWayAsync(client, cancellationToken) is { } current)
            return new StartedRun(current, IsNew: false);

        var holder = await runLock.AcquireAsync(run, cancellationToken);
        if (holder != run)
            return new StartedRun(holder, IsNew: false);

        try
        {
            // Another starter may have started a run, and lost the lock again, since we looked.
            if (await UnderWayAsync(client, cancellationToken) is { } faster)
            {
                await runLock.ReleaseAsync(run, cancellationToken);
                return new StartedRun(faster, IsNew: false);
            }

            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(SyncOrchestrator), new RunStart(run, request, SyncLimits.Of(options)), new StartOrchestrationOptions(
                    SyncOrchestrator.InstanceId), cancellationToken);
            return new StartedRun(run, IsNew: true);
        }
        catch
        {
            await runLock.ReleaseAsync(run, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Everything that stands in the way of this request.</summary>
    public IReadOnlyList<string> Faults(RunRequest request)
    {
        try
        {
            planner.Plan(request);
            return [];
        }
        catch (ConfigurationException impossible)
        {
            return impossible.Faults;
        }
    }

    private static async Task<RunId?> UnderWayAsync(DurableTaskClient client, CancellationToken cancellationToken) =>
        await CurrentRun.FindAsync(client, cancellationToken) is { IsUnderWay: true } current ? current.Run : null;
}

/// <param name="IsNew">False when another run was under way.</param>
public readonly record struct StartedRun(RunId Run, bool IsNew);

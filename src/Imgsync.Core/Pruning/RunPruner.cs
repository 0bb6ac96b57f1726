using System.Diagnostics;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Planning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Pruning;

/// <summary>The clean-up of a whole run, cloud by cloud; one that cannot be read is left out and named.</summary>
public sealed partial class RunPruner(
    CloudDirectory clouds, DistributionCatalog catalog, ImgsyncOptions options, Measurements measurements, TimeProvider time,
    ILogger<RunPruner> logger)
{
    private const string TimeSpent = "the activity budget was spent on other clouds; the next run goes on.";

    /// <param name="early">A cloud's images that were not hidden when the run began, where it
    /// looked: they may show that nothing is to be cleaned up.</param>
    /// <param name="budget">Once cancelled, no further cloud is begun.</param>
    public async Task<PruneReport> PruneAsync(
        RunHold hold, IReadOnlyList<ImageOutcome> outcomes, Func<string, ImageListing?> early, bool dryRun, CancellationToken budget,
        CancellationToken cancellationToken)
    {
        var actions = new List<RunAction>();
        var failures = new List<string>();
        foreach (var cloud in outcomes.Where(outcome => outcome.Cloud is not "").GroupBy(outcome => outcome.Cloud, StringComparer.Ordinal))
        {
            if (budget.IsCancellationRequested)
            {
                LogLeftOut(cloud.Key, TimeSpent);
                failures.Add($"Cleaning up {cloud.Key} was left out: {TimeSpent}");
                continue;
            }

            try
            {
                var report = await TimeAsync(
                    hold.Run, cloud.Key, () => PruneAsync(hold, cloud.Key, [.. cloud], early(cloud.Key), dryRun, cancellationToken));
                actions.AddRange(report.Actions);
                failures.AddRange(report.Failures);
                foreach (var failure in report.Failures)
                    LogFailure(failure);
            }
            catch (ImgsyncException failure)
            {
                var reason = cloud.FirstOrDefault(outcome => outcome.Reason == failure.Message) is { Distribution: var told }
                    ? $"the cloud failed {told} in the same way."
                    : failure.Message;
                LogLeftOut(cloud.Key, reason);
                failures.Add($"Cleaning up {cloud.Key} was left out: {reason}");
            }
        }

        return new PruneReport(actions, failures);
    }

    private async Task<PruneReport> PruneAsync(
        RunHold hold, string cloud, ImageOutcome[] outcomes, ImageListing? early, bool dryRun, CancellationToken cancellationToken)
    {
        var connection = clouds.Connect(cloud);
        var mark = await clouds.MarkAsync(hold.Run, cancellationToken);
        var now = await connection.Keystone.GetTimeAsync(cancellationToken);
        var cleanUp = new CleanUp(clouds.Options(cloud), mark, now, options, catalog);
        var actions = new ImageActions(connection.Name, connection.Glance, hold, logger);
        return await new ImagePruner(connection, cleanUp, actions, options.Prune.MaxPrune, dryRun)
            .PruneAsync(outcomes, early, cancellationToken);
    }

    private Task<T> TimeAsync<T>(RunId run, string cloud, Func<Task<T>> work)
    {
        var tags = new TagList { { TelemetryNames.Run, run.ToString() }, { TelemetryNames.Cloud, cloud } };
        return Spans.TraceAsync(TelemetryNames.Prune, tags, async _ =>
        {
            var started = time.GetTimestamp();
            try
            {
                return await work();
            }
            finally
            {
                measurements.Took(TelemetryNames.Prune, time.GetElapsedTime(started));
            }
        });
    }

    [LoggerMessage(LogLevel.Warning, "{Failure}")]
    private partial void LogFailure(string failure);

    [LoggerMessage(LogLevel.Warning, "Cleaning up {Cloud} is left out: {Reason}")]
    private partial void LogLeftOut(string cloud, string reason);
}

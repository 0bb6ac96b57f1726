using System.Diagnostics;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Core.Sync;
using Imgsync.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Pruning;

/// <summary>The clean-up of a whole run, cloud by cloud; one that cannot be read is left out and named.</summary>
public sealed partial class RunPruner(CloudDirectory clouds, IRunLock runLock, ImgsyncOptions options, Measurements measurements, TimeProvider time, ILogger<RunPruner> logger)
{
    public async Task<PruneReport> PruneAsync(string run, IReadOnlyList<ImageOutcome> outcomes, bool dryRun, CancellationToken cancellationToken)
    {
        var pruned = new List<PruneOutcome>();
        var failures = new List<string>();
        foreach (var cloud in outcomes.Where(outcome => outcome.Cloud is not "").GroupBy(outcome => outcome.Cloud, StringComparer.Ordinal))
        {
            try
            {
                pruned.AddRange(await TimeAsync(run, cloud.Key, async () =>
                {
                    await runLock.RequireAsync(run, cancellationToken);
                    var pruner = new ImagePruner(clouds.Connect(cloud.Key), await clouds.MarkAsync(run, cancellationToken), options, time);
                    return await pruner.PruneAsync([.. cloud], dryRun, cancellationToken);
                }));
            }
            catch (ImgsyncException failure)
            {
                LogLeftOut(cloud.Key, failure.Message);
                failures.Add($"Nothing was cleaned up in {cloud.Key}: {failure.Message}");
            }
        }

        return new PruneReport(pruned, failures);
    }

    private Task<T> TimeAsync<T>(string run, string cloud, Func<Task<T>> work)
    {
        var tags = new TagList { { TelemetryNames.Run, run }, { TelemetryNames.Cloud, cloud } };
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

    [LoggerMessage(LogLevel.Warning, "Nothing is cleaned up in {Cloud}: {Reason}")]
    private partial void LogLeftOut(string cloud, string reason);
}

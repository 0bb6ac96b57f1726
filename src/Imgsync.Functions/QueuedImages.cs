using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Functions.Setup;
using Imgsync.Functions.Workflow;

namespace Imgsync.Functions;

/// <summary>Tells the images that wait in the engine's queue from those at work; the engine does not. Where a run may have more activities
/// in flight than an instance works on at once, an activity leaves a note when it begins; else none ever waits for long.</summary>
public sealed class QueuedImages(RunNotes notes, ImgsyncOptions options, HostLimits host)
{
    private bool MayQueue => host.MayQueue(options.MaxParallel);

    public Task BeginAsync(SyncWork work, CancellationToken cancellationToken) =>
        MayQueue ? notes.StartAsync(work, cancellationToken) : Task.CompletedTask;

    /// <returns>The images of this run in flight that no worker has begun with.</returns>
    internal async Task<IReadOnlyList<InFlight>> LookAsync(CurrentRun run, CancellationToken cancellationToken)
    {
        if (!MayQueue || run is not { IsUnderWay: true, Status: { } status })
            return [];

        var started = await Task.WhenAll(
            status.InFlight.Select(image => notes.HasStartedAsync(run.Run, image.Distribution, image.Cloud, cancellationToken)));
        return [.. status.InFlight.Zip(started).Where(image => !image.Second).Select(image => image.First)];
    }
}


namespace Imgsync.Core.Runs;

/// <summary>Notes about a run under way, beside its report in the staging store: an activity that waits in a queue of the
/// engine cannot be told anything there. They expire with the reports.</summary>
public sealed class RunNotes(IDocumentStore documents)
{
    private static readonly ReadOnlyMemory<byte> Content = "{}"u8.ToArray();

    /// <summary>From now on no activity of this run begins with an image.</summary>
    public Task CancelAsync(RunId run, CancellationToken cancellationToken) =>
        documents.SaveAsync(Cancelled(run), Content, cancellationToken);

    public Task<bool> IsCancelledAsync(RunId run, CancellationToken cancellationToken) => HasAsync(Cancelled(run), cancellationToken);

    /// <summary>Says that a worker has begun with an image.</summary>
    public Task StartAsync(SyncWork work, CancellationToken cancellationToken) =>
        documents.SaveAsync(Started(work.Run, work.Distribution, work.Cloud), Content, cancellationToken);

    public Task<bool> HasStartedAsync(RunId run, string distribution, string cloud, CancellationToken cancellationToken) =>
        HasAsync(Started(run, distribution, cloud), cancellationToken);

    private async Task<bool> HasAsync(string document, CancellationToken cancellationToken) =>
        await documents.LoadAsync(document, longest: 1024, cancellationToken) is not null;

    private static string Cancelled(RunId run) => $"reports/{run}/cancelled.json";

    private static string Started(RunId run, string distribution, string? cloud) =>
        $"reports/{run}/started/{Uri.EscapeDataString(distribution)}/{Uri.EscapeDataString(cloud ?? "")}.json";
}

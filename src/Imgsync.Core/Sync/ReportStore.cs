using System.Text.Json;
using Imgsync.Core.Staging;

namespace Imgsync.Core.Sync;

/// <summary>Keeps every run's report beside the images, so that "what did the run of Tuesday do?" has an answer.</summary>
public sealed class ReportStore(IStagingStore store)
{
    private const string Last = "reports/last.json";

    public async Task SaveAsync(SyncReport report, CancellationToken cancellationToken)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(report);
        await store.SaveAsync(Name(report.Run), content, cancellationToken);
        await store.SaveAsync(Last, content, cancellationToken);
    }

    /// <summary>The report of one run, or null when it has none (yet).</summary>
    public async Task<SyncReport?> FindAsync(string run, CancellationToken cancellationToken) =>
        RunId.MayBe(run) ? await LoadAsync(Name(run), cancellationToken) : null;

    /// <summary>The newest report, or null before the first run has ended.</summary>
    public Task<SyncReport?> FindLastAsync(CancellationToken cancellationToken) => LoadAsync(Last, cancellationToken);

    private static string Name(string run) => $"reports/{run}.json";

    private async Task<SyncReport?> LoadAsync(string document, CancellationToken cancellationToken) =>
        await store.LoadAsync(document, cancellationToken) is { } content ? JsonSerializer.Deserialize<SyncReport>(content) : null;
}

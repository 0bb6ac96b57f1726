using System.Globalization;
using System.Text.Json;
using Imgsync.Core.Staging;

namespace Imgsync.Core.Runs;

/// <summary>Keeps every run's report beside the images, so that "what did the run of Tuesday do?" has an answer.</summary>
public sealed class ReportStore(IDocumentStore documents)
{
    private const string Last = "reports/last.json";

    private const string StandingName = "reports/standing.json";

    /// <summary>A report of a hundred thousand images fits several times.</summary>
    private const int LongestBytes = 256 << 20;

    public async Task SaveAsync(SyncReport report, CancellationToken cancellationToken)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(report, SyncJson.Default.SyncReport);
        await documents.SaveAsync(Name(report.Run), content, cancellationToken);
        await documents.SaveAsync(Last, content, cancellationToken);
        var standing = (await LoadStandingAsync(cancellationToken) ?? Standing.Unknown).After(report);
        await SaveAsync(standing, cancellationToken);
    }

    private Task SaveAsync(Standing standing, CancellationToken cancellationToken) => documents.SaveAsync(
        StandingName, JsonSerializer.SerializeToUtf8Bytes(standing, StandingJson.Default.Standing), cancellationToken);

    /// <summary>Adds to a report what came to light after it was stored. A second time the same changes nothing.</summary>
    public async Task WarnAsync(RunId run, string warning, CancellationToken cancellationToken)
    {
        if (await FindAsync(run, cancellationToken) is not { } report || report.Warnings?.Contains(warning, StringComparer.Ordinal) is true)
            return;

        report = report with { Warnings = [.. report.Warnings ?? [], warning] };
        var content = JsonSerializer.SerializeToUtf8Bytes(report, SyncJson.Default.SyncReport);
        await documents.SaveAsync(Name(run), content, cancellationToken);
        if (await LoadStandingAsync(cancellationToken) is { } standing)
            await SaveAsync(standing.Warned(run, report.Warnings), cancellationToken);
        if ((await FindLastAsync(cancellationToken))?.Run == run)
            await documents.SaveAsync(Last, content, cancellationToken);
    }

    /// <summary>Keeps why a run has no report.</summary>
    /// <param name="failure">What kind of failure it was, to count by.</param>
    public async Task FailAsync(RunId run, DateTimeOffset at, string failure, string reason, CancellationToken cancellationToken) =>
        await SaveAsync((await StandingAsync(cancellationToken)).After(run, at, failure, reason), cancellationToken);

    /// <summary>How all images stand, from every run so far. A store of an older version knows its last run only.</summary>
    public async Task<Standing> StandingAsync(CancellationToken cancellationToken) =>
        await LoadStandingAsync(cancellationToken)
        ?? (await FindLastAsync(cancellationToken) is { } last ? Standing.Unknown.After(last) : Standing.Unknown);

    /// <returns>Null when there is none, or one that cannot be read: the next run begins a new one.</returns>
    private async Task<Standing?> LoadStandingAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await documents.LoadAsync(StandingName, LongestBytes, cancellationToken) is { } content
                && JsonSerializer.Deserialize(content, StandingJson.Default.Standing) is { Images: not null, Runs: not null } read
                ? read with { CleanUpFailures = read.CleanUpFailures ?? [] }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The report of one run, or null when it has none (yet).</summary>
    public Task<SyncReport?> FindAsync(RunId run, CancellationToken cancellationToken) =>
        LoadAsync(Name(run), cancellationToken);

    /// <summary>The newest report, or null before the first run has ended.</summary>
    public Task<SyncReport?> FindLastAsync(CancellationToken cancellationToken) => LoadAsync(Last, cancellationToken);

    /// <summary>Keeps a part of a long run's outcomes until its report is put together.</summary>
    /// <param name="part">From one.</param>
    public Task SavePartAsync(RunId run, int part, IReadOnlyList<ImageOutcome> outcomes, CancellationToken cancellationToken) =>
        documents.SaveAsync(
            PartName(run, part), JsonSerializer.SerializeToUtf8Bytes(outcomes, SyncJson.Default.Outcomes), cancellationToken);

    /// <summary>The outcomes of these parts, in their order.</summary>
    /// <exception cref="StagingException">A part is missing: somebody removed it.</exception>
    public async Task<IReadOnlyList<ImageOutcome>> LoadPartsAsync(RunId run, IEnumerable<int> parts, CancellationToken cancellationToken)
    {
        var outcomes = new List<ImageOutcome>();
        foreach (var part in parts.Order())
        {
            var content = await documents.LoadAsync(PartName(run, part), LongestBytes, cancellationToken)
                ?? throw new StagingException(
                    $"Reading the outcomes of run {run} failed: {PartName(run, part)} is gone from the staging documents. Nothing "
                        + "may delete it during a run.");
            outcomes.AddRange(JsonSerializer.Deserialize(content, SyncJson.Default.Outcomes)!);
        }

        return outcomes;
    }

    private static string PartName(RunId run, int part) => string.Create(CultureInfo.InvariantCulture, $"reports/{run}/{part:d4}.json");

    private static string Name(RunId run) => $"reports/{run}.json";

    /// <exception cref="StagingException">What lies there is no report: somebody else wrote it, or it was cut.</exception>
    private async Task<SyncReport?> LoadAsync(string document, CancellationToken cancellationToken)
    {
        try
        {
            if (await documents.LoadAsync(document, LongestBytes, cancellationToken) is not { } content)
                return null;

            return JsonSerializer.Deserialize(content, SyncJson.Default.SyncReport) is { Outcomes: { } outcomes } report
                && !outcomes.Contains(null)
                ? report
                : throw new JsonException("It has no outcomes.");
        }
        catch (JsonException damaged)
        {
            throw new StagingException(
                $"Reading {document} failed: it is no report; remove it from the staging store, the next run writes its own.", damaged);
        }
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using Imgsync.Core;
using Imgsync.Core.Content;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Sync;
using Imgsync.Functions.Tests.Engine;
using Imgsync.Functions.Workflow;
using Imgsync.Functions.Workflow.Batches;

namespace Imgsync.Functions.Tests;

/// <summary>A run whose activities all go well at once, until a test says otherwise.</summary>
internal sealed class Scenario : IActivities
{
    /// <summary>As in production, but for waits that no test should wait out.</summary>
    public static readonly SyncLimits Limits = new(MaxParallel: 4, Attempts: 3, TimeSpan.FromMilliseconds(20), MaxRounds: 5);

    private static int _runs;

    private readonly WorkflowEngine _engine;
    private readonly RunStart _start;
    private readonly RunPlan _plan;

    /// <summary>In the place of the staging store.</summary>
    private readonly ConcurrentDictionary<int, IReadOnlyList<ImageOutcome>> _kept = new();

    private EngineRun? _run;

    public Scenario(WorkflowEngine engine, int distributions, int clouds, SyncLimits? limits = null, bool dryRun = false)
    {
        _engine = engine;
        var run = RunId.Parse(string.Create(CultureInfo.InvariantCulture, $"20240717T181100Z-{Interlocked.Increment(ref _runs):x4}"));
        _start = new RunStart(run, new RunRequest { DryRun = dryRun }, limits ?? Limits);
        var names = Enumerable.Range(1, clouds).Select(number => "cloud" + number.ToString(CultureInfo.InvariantCulture)).ToList();
        var planned = Enumerable.Range(1, distributions)
            .Select(number => new PlannedDistribution("distribution" + number.ToString("d4", CultureInfo.InvariantCulture), names))
            .ToList();
        _plan = new RunPlan(run, _start.Request, planned);
    }

    public string Run => _start.Run.ToString();

    /// <summary>From its start on.</summary>
    public EngineRun Execution => _run ?? throw new InvalidOperationException("The run has not been started.");

    public Func<SyncWork, Task<ImageOutcome>> Sync { get; set; } = work => Task.FromResult(Published(work));

    /// <summary>Whether a failed outcome is of something that may pass.</summary>
    public bool MayPass { get; set; }

    /// <summary>What an activity brings back of upstream.</summary>
    public Func<SyncWork, Resolution?> Find { get; set; } = _ => null;

    public Func<PruneWork, Task<PruneReport>> Prune { get; set; } = _ => Task.FromResult(PruneReport.Nothing);

    public Func<Task<RunPlan>>? Plan { get; set; }

    /// <summary>The staging store takes no outcomes.</summary>
    public bool KeepFails { get; set; }

    public Func<RunEnd, Task> End { get; set; } = _ => Task.CompletedTask;

    /// <summary>The staging store does not take why there is no report, either.</summary>
    public bool IsUnkept { get; set; }

    /// <summary>What the last activity leaves undone.</summary>
    public string? Left { get; set; }

    /// <summary>Who is to be told of the run.</summary>
    public IReadOnlyList<int> Receivers { get; set; } = [];

    public Func<Telling, Task> Tell { get; set; } = _ => Task.CompletedTask;

    public Func<RunWarning, Task> Warn { get; set; } = _ => Task.CompletedTask;

    /// <summary>As the last activity puts it together.</summary>
    public SyncReport Report
    {
        get
        {
            var report = Execution.Inputs<RunEnd>().Last().Report!;
            return report with { Outcomes = [.. _kept.OrderBy(kept => kept.Key).SelectMany(kept => kept.Value), .. report.Outcomes] };
        }
    }

    /// <summary>Every try at an image.</summary>
    public IReadOnlyList<SyncWork> Tries => [.. Execution.Inputs<SyncWork>()];

    public async Task<EngineRun> StartAsync() => _run = await _engine.StartAsync(_start, this);

    public async Task<RunSummary> RunAsync() => await (await StartAsync()).EndedAsync();

    /// <summary>From now on images are done when the test says so.</summary>
    public HeldWork Hold()
    {
        var held = new HeldWork();
        Sync = held.AddAsync;
        return held;
    }

    public static ImageOutcome Published(SyncWork work) => new()
    {
        Distribution = work.Distribution,
        Cloud = work.Cloud!,
        Kind = OutcomeKind.Published,
        Reason = "Debian 12 [20240717-1811] is active and public",
        Revision = "20240717-1811",
        ImageId = "0b6c0b1e-5a5c-4d0c-9a3e-2f4a9f7f3c11",
        ImageName = "Debian 12 [20240717-1811]",
        Content = new ContentFacts(
            300, Digest.FromBytes(DigestAlgorithm.Sha256, new byte[32]), Digest.FromBytes(DigestAlgorithm.Sha512, new byte[64])),
        Provenance = "digest over HTTPS, not signed",
        BytesDownloaded = 300,
        BytesUploaded = 300,
        Seconds = new Dictionary<SyncStage, double> { [SyncStage.Resolve] = 1, [SyncStage.Transfer] = 20 },
    };

    public static ImageOutcome Unfinished(SyncWork work) =>
        Published(work) with { Kind = OutcomeKind.Unfinished, Reason = "the time budget was spent", Content = null };

    public static ImageOutcome Failed(SyncWork work) =>
        Published(work) with { Kind = OutcomeKind.Failed, Failure = "cloud-unavailable", Reason = "Glance answered 503.", Content = null };

    Task<RunPlan> IActivities.PlanAsync(RunStart start) => Plan is null ? Task.FromResult(_plan) : Plan();

    async Task<SyncResult> IActivities.SyncAsync(SyncWork work)
    {
        var outcome = await Sync(work);
        return new SyncResult(outcome, outcome.Kind is OutcomeKind.Failed && MayPass, Find(work));
    }

    Task IActivities.StoreAsync(BatchOutcomes batch)
    {
        _kept[batch.Number] = KeepFails ? throw new StagingException("The container is gone.") : batch.Outcomes;
        return Task.CompletedTask;
    }

    Task<PruneReport> IActivities.PruneAsync(PruneWork work) => Prune(work);

    async Task<RunEnded> IActivities.EndAsync(RunEnd end)
    {
        await End(end);
        return new RunEnded(Receivers) { IsUnkept = IsUnkept, Warning = Left };
    }

    Task IActivities.TellAsync(Telling telling) => Tell(telling);

    Task IActivities.WarnAsync(RunWarning warning) => Warn(warning);
}

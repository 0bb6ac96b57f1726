using System.Globalization;
using Imgsync.Core.Integrity;
using Imgsync.Core.Pruning;
using Imgsync.Core.Staging;
using Imgsync.Core.Sync;
using Imgsync.Functions.Workflow;

namespace Imgsync.Functions.Tests;

/// <summary>A run whose activities all go well at once, until a test says otherwise.</summary>
internal sealed class Scenario
{
    public static readonly WorkflowLimits Limits = new(MaxParallel: 4, Attempts: 3, TimeSpan.FromSeconds(30), MaxRounds: 5);

    private readonly RunStart _start = new("20240717T181100Z-3f9a", new RunRequest());
    private readonly WorkflowPlan _plan;

    /// <summary>In the place of the staging store.</summary>
    private readonly Dictionary<int, IReadOnlyList<ImageOutcome>> _kept = [];

    public Scenario(int distributions, int clouds, WorkflowLimits? limits = null, bool dryRun = false)
    {
        _start = _start with { Request = _start.Request with { DryRun = dryRun } };
        var names = Enumerable.Range(1, clouds).Select(number => "cloud" + number.ToString(CultureInfo.InvariantCulture)).ToList();
        var planned = Enumerable.Range(1, distributions)
            .Select(number => new PlannedDistribution("distribution" + number.ToString("d4", CultureInfo.InvariantCulture), names))
            .ToList();
        _plan = new WorkflowPlan(new RunPlan(_start.Run, _start.Request, planned), limits ?? Limits);
        Context = new RecordedContext(_start, PerformAsync);
    }

    public RecordedContext Context { get; }

    public string Run => _start.Run;

    public Func<SyncWork, RecordedCall, Task<ImageOutcome>> Sync { get; set; } = (work, _) => Task.FromResult(Published(work));

    /// <summary>What an activity brings back of upstream.</summary>
    public Func<SyncWork, Resolution?> Find { get; set; } = _ => null;

    public Func<PruneWork, Task<PruneReport>> Prune { get; set; } = _ => Task.FromResult(PruneReport.Nothing);

    public Func<Task<WorkflowPlan>>? Plan { get; set; }

    /// <summary>The staging store takes no outcomes.</summary>
    public bool KeepFails { get; set; }

    public Func<RecordedCall, Task> Store { get; set; } = _ => Task.CompletedTask;

    /// <summary>As the last activity puts it together.</summary>
    public SyncReport Report
    {
        get
        {
            var work = Context.Inputs<ReportWork>(nameof(SyncActivities.StoreReport)).Single();
            return work.Report with { Outcomes = [.. _kept.OrderBy(kept => kept.Key).SelectMany(kept => kept.Value), .. work.Report.Outcomes] };
        }
    }

    public IReadOnlyList<RecordedCall> Calls => [.. Context.AllCalls];

    public Task<RunSummary> RunAsync() => SyncOrchestrator.RunAsync(Context);

    /// <summary>From now on images are done when the test says so.</summary>
    public HeldWork Hold()
    {
        var held = new HeldWork();
        Sync = (work, call) => held.AddAsync(work, call);
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
        Content = new ContentFacts(300, Digest.FromBytes(DigestAlgorithm.Sha256, new byte[32]), Digest.FromBytes(DigestAlgorithm.Sha512, new byte[64])),
        Provenance = "digest over HTTPS, not signed",
        BytesDownloaded = 300,
        BytesUploaded = 300,
        Seconds = new Dictionary<SyncStage, double> { [SyncStage.Resolve] = 1, [SyncStage.Transfer] = 20 },
    };

    public static ImageOutcome Unfinished(SyncWork work) => Published(work) with { Kind = OutcomeKind.Unfinished, Reason = "the time budget was spent" };

    private async Task<object?> PerformAsync(RecordedCall call) => call.Name switch
    {
        nameof(SyncActivities.PlanRun) => Plan is null ? _plan : await Plan(),
        nameof(SyncActivities.SyncDistribution) => new SyncResult(await Sync(call.Input<SyncWork>(), call), Find(call.Input<SyncWork>())),
        nameof(SyncActivities.PruneSuperseded) => await Prune(call.Input<PruneWork>()),
        nameof(SyncActivities.StoreReport) => await StoreAsync(call),
        nameof(SyncActivities.StoreOutcomes) => Keep(call.Input<BatchOutcomes>()),
        nameof(SyncActivities.EndRun) => null,
        _ => throw new InvalidOperationException($"Nobody told the test of {call.Name}."),
    };

    private object? Keep(BatchOutcomes batch)
    {
        _kept[batch.Number] = KeepFails ? throw new StagingException("The container is gone.") : batch.Outcomes;
        return null;
    }

    private async Task<object?> StoreAsync(RecordedCall call)
    {
        await Store(call);
        return null;
    }
}

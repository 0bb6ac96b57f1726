using System.Text.Json;
using Imgsync.Core.Integrity;
using Imgsync.Core.Pruning;
using Imgsync.Core.Sync;
using Imgsync.Functions.Workflow;

namespace Imgsync.Functions.Tests.Workflow;

/// <summary>Every record that crosses the workflow comes back as it went, with System.Text.Json as it is out of the box.</summary>
public sealed class RecordTests
{
    private static readonly RunRequest Request = new() { Distributions = ["debian12"], Clouds = ["east", "west"], Force = true, DryRun = true };

    private static readonly ImageOutcome Outcome = new()
    {
        Distribution = "debian12",
        Cloud = "east",
        Kind = OutcomeKind.Published,
        Reason = "Debian 12 [20240717-1811] is active and public",
        Failure = "cloud-refused",
        Revision = "20240717-1811",
        ImageId = "0f2a",
        ImageName = "Debian 12 [20240717-1811]",
        BytesDownloaded = 5_000_000_000,
        BytesUploaded = 5_000_000_001,
        Content = new ContentFacts(5_000_000_000, Digest.FromBytes(DigestAlgorithm.Sha256, new byte[32]), Digest.FromBytes(DigestAlgorithm.Sha512, new byte[64])),
        Provenance = "signed by D2EB",
        Seconds = new Dictionary<SyncStage, double> { [SyncStage.Transfer] = 20.5 },
    };

    private static readonly PruneReport Pruning = new(
        [
            new PruneOutcome
            {
                Distribution = "debian12",
                Cloud = "east",
                ImageId = "0f2a",
                ImageName = "Debian 12 [20240101-1611]",
                Action = PruneAction.Delete,
                Result = PruneResult.HiddenInstead,
                Reason = "Glance answered 409",
            },
        ],
        ["Nothing was cleaned up in west."]);

    [Fact]
    public void What_a_run_is_started_with() => ComesBack(new RunStart("run", Request));

    [Fact]
    public void The_plan() => ComesBack(new WorkflowPlan(
        new RunPlan("run", Request, [new PlannedDistribution("debian12", ["east", "west"])]), new WorkflowLimits(4, 3, TimeSpan.FromSeconds(30), 30)));

    [Fact]
    public void The_work_of_one_activity() => ComesBack(new SyncWork("debian12", "east", "run", Force: true, DryRun: true, StagedFirst: true));

    [Fact]
    public void An_outcome() => ComesBack(Outcome);

    [Fact]
    public void The_work_of_pruning() => ComesBack(new PruneWork("run", DryRun: true, [Outcome]));

    [Fact]
    public void What_pruning_did() => ComesBack(Pruning);

    [Fact]
    public void The_report() => ComesBack(new SyncReport("run", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddHours(1), DryRun: true, [Outcome], Pruning));

    [Fact]
    public void The_custom_status() => ComesBack(new RunStatus(
        "run",
        RunPhase.Cancelling,
        Total: 2,
        Done: 1,
        new Dictionary<OutcomeKind, int> { [OutcomeKind.Published] = 1 },
        new Dictionary<string, DistributionStage>(StringComparer.Ordinal) { ["debian12"] = DistributionStage.OtherClouds },
        Omitted: 7));

    [Fact]
    public void The_summary() => ComesBack(new RunSummary(
        "run", DryRun: true, Cancelled: true, new Dictionary<OutcomeKind, int> { [OutcomeKind.Failed] = 1 }, Pruned: 2, PruneFailures: 1));

    /// <summary>Compared as structures: a record with a list in it is not equal to its copy.</summary>
    private static void ComesBack<T>(T record)
    {
        var json = JsonSerializer.Serialize(record);

        Assert.Equivalent(record, JsonSerializer.Deserialize<T>(json), strict: true);
        Assert.DoesNotContain(":null", json, StringComparison.Ordinal);
    }
}

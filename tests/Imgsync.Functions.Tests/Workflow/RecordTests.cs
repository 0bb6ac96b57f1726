using System.Text.Json;
using Imgsync.Core;
using Imgsync.Core.Content;
using Imgsync.Core.Notify;
using Imgsync.Core.Runs;
using Imgsync.Core.Sync;
using Imgsync.Core.Upstream;
using Imgsync.Functions.Workflow;
using Imgsync.Functions.Workflow.Batches;
using Imgsync.Testing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Imgsync.Functions.Tests.Workflow;

/// <summary>Every record that crosses the workflow comes back as it went, with System.Text.Json as it is out of the box.</summary>
public sealed class RecordTests
{
    private static readonly RunRequest Request = new()
    {
        Distributions = ["debian12"],
        Only = ["debian12"],
        Clouds = ["east", "west"],
        Force = true,
        DryRun = true
    };

    private static readonly RunAction Action = new()
    {
        Distribution = "debian12",
        Cloud = "east",
        ImageId = "0f2a",
        ImageName = "Debian 12 [20240101-1611]",
        Replaces = ["0e19"],
        DiskFormat = "raw",
        ConvertedFrom = "qcow2",
        Kind = ActionKind.Delete,
        Result = ActionResult.HiddenInstead,
        Reason = "Glance answered 409",
    };

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
        DiskFormat = "raw",
        ConvertedFrom = "qcow2",
        BytesDownloaded = 5_000_000_000,
        BytesUploaded = 5_000_000_001,
        Content = new ContentFacts(
            5_000_000_000, Digest.FromBytes(DigestAlgorithm.Sha256, new byte[32]), Digest.FromBytes(DigestAlgorithm.Sha512, new byte[64])),
        Provenance = "signed by D2EB",
        Actions = [Action],
        Warning = "the newest image is of 2024-07-17",
        Seconds = new Dictionary<SyncStage, double> { [SyncStage.Transfer] = 20.5 },
    };

    private static readonly PruneReport Pruning = new(
        [Action],
        ["Nothing was cleaned up in west."]);

    private static readonly Resolution Found = new(
        TestImages.Debian12 with
        {
            Other = TestImages.Debian12Raw with { Mirrors = [new("https://other.example/20240717-1811/image.raw")], Packing = Packing.Xz },
            Mirrors = [new("https://other.example/20240717-1811/image.qcow2")],
            Provenance = new Provenance(
                ProvenanceKind.Signed, "D2EB44626FDDC30B513D5BB71A5D6C4C7DB87C81", new DateTimeOffset(2024, 7, 17, 18, 11, 0, TimeSpan.Zero))
            {
                KeyEnds = new DateTimeOffset(2025, 7, 17, 18, 11, 0, TimeSpan.Zero),
            },
            Witness = new Witness(
                new("https://images.example/latest/SHA512SUMS"), new FileVersion("\"1c8-61d3\"", DateTimeOffset.UnixEpoch)),
        },
        IsVerified: true);

    private static readonly Dictionary<OutcomeKind, int> Counts = new() { [OutcomeKind.Failed] = 1, [OutcomeKind.UpToDate] = 2 };

    private static readonly SyncLimits Limits = new(4, 3, TimeSpan.FromSeconds(30), 30);

    private static readonly RunPlan Plan = new(RunId.Parse("run"), Request, [new PlannedDistribution("debian12", ["east", "west"], "debian")]);

    private static readonly object[] Records =
    [
        new RunStart(RunId.Parse("run"), Request, Limits),
        Plan,
        new SyncWork(
            "debian12", "east", RunId.Parse("run"), Force: true, DryRun: true, StagedFirst: true, Known: Found, Downloaded: 5_000_000_000,
            Importing: true, StagedOnly: true),
        new SyncResult(Outcome, MayPass: true, Found, LookAgainAfter: TimeSpan.FromSeconds(2), NeedsTurn: true),
        new PruneWork(RunId.Parse("run"), DryRun: true, [Outcome], [1, 2]),
        Pruning,
        new SyncBatch(2, Plan, Limits),
        new BatchOutcomes(RunId.Parse("run"), 2, [Outcome]),
        new BatchSummary(2, Counts, ["debian12"]),
        new RunEnd(
            RunId.Parse("run"), new SyncReport(
                RunId.Parse("run"), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddHours(
                    1), DryRun: true, [Outcome], Pruning), [1, 2])
        { Failure = "configuration", Reason = "No cloud is configured." },
        new RunEnded([0, 2]) { IsUnkept = true, Warning = "Sweeping failed." },
        new Telling(RunId.Parse("run"), Receiver: 2)
        {
            Unkept = new RunFailure(RunId.Parse("run"), DateTimeOffset.UnixEpoch, "staging", "The run's report is not stored: no."),
        },
        new RunWarning(RunId.Parse("run"), "Cannot tell notify[2]."),
        new RunStatus(
            RunId.Parse("run"), RunPhase.Cancelling, Total: 2, Done: 1, Counts, new Dictionary<string, DistributionStage>(
                StringComparer.Ordinal) { ["debian12"] = DistributionStage.OtherClouds }, Omitted: 7) { InFlight = [new InFlight(
                    "debian12", "west")], Lost = "The run's report is not stored: no." },
        new RunSummary(RunId.Parse("run"), DryRun: true, Cancelled: true, Counts, Pruned: 2, PruneFailures: 1)
        {
            Lost = "The run's report is not stored: no.",
        },
    ];

    private static readonly Type[] Spelt =
    [
        typeof(OutcomeKind), typeof(ActionKind), typeof(ActionResult), typeof(SyncStage), typeof(ProvenanceKind), typeof(RunPhase),
        typeof(DistributionStage),
    ];

    public static TheoryData<string> Names => [.. Records.Select(record => record.GetType().Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_comes_back_as_it_went(string name)
    {
        var record = Records.Single(record => record.GetType().Name == name);

        ComesBack(record);
    }

    /// <summary>An update may come while a run is under way: what the version before it wrote into the history is replayed.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void It_comes_back_from_the_old_spelling_of_its_words_too(string name)
    {
        var record = Records.Single(record => record.GetType().Name == name);
        var json = JsonSerializer.Serialize(record, record.GetType());
        foreach (var value in Spelt.SelectMany(type => Enum.GetValues(type).Cast<Enum>()))
            json = json.Replace(JsonSerializer.Serialize(value, value.GetType()), $"\"{value}\"", StringComparison.Ordinal);

        Assert.Equivalent(record, JsonSerializer.Deserialize(json, record.GetType()), strict: true);
        if (record is SyncResult)
            Assert.Contains("\"Kind\":\"Published\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void No_record_that_crosses_the_workflow_is_missing_here()
    {
        var methods = typeof(SyncOrchestrator).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Where(
                method =>
                    method.GetParameters().Any(
                        parameter =>
                            parameter.GetCustomAttributes(inherit: false).Any(
                                one => one is ActivityTriggerAttribute or OrchestrationTriggerAttribute)))
            .ToList();

        var crossing = methods.SelectMany(
            method => method.GetParameters().Select(parameter => parameter.ParameterType).Concat(method.ReturnType.GetGenericArguments()))
            .Where(type => type != typeof(CancellationToken) && type != typeof(TaskOrchestrationContext))
            .Distinct();

        Assert.Equal(9, methods.Count);
        Assert.Empty(crossing.Except(Records.Select(record => record.GetType())));
    }

    /// <summary>Compared as structures: a record with a list in it is not equal to its copy.</summary>
    private static void ComesBack(object record)
    {
        var json = JsonSerializer.Serialize(record, record.GetType());

        Assert.Equivalent(record, JsonSerializer.Deserialize(json, record.GetType()), strict: true);
        Assert.DoesNotContain(":null", json, StringComparison.Ordinal);
    }
}

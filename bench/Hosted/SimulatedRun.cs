using System.Globalization;
using System.Text.Json;
using Imgsync.Core;
using Imgsync.Core.Content;
using Imgsync.Core.Runs;
using Imgsync.Core.Sync;
using Imgsync.Core.Upstream;
using Imgsync.Functions.Workflow;
using Imgsync.Functions.Workflow.Batches;
using Microsoft.DurableTask;

namespace Imgsync.Hosted;

/// <summary>A run of so many distributions and clouds in which everything is published: the histories that it makes.</summary>
internal sealed class SimulatedRun
{
    private readonly RunStart _start;
    private readonly RunPlan _plan;

    private SimulatedRun(int distributions, int clouds, int parallel)
    {
        List<string> names =
            [.. Enumerable.Range(1, clouds).Select(number => string.Create(CultureInfo.InvariantCulture, $"cloud{number:d3}"))];
        List<PlannedDistribution> planned = [.. Enumerable.Range(1, distributions)
            .Select(number => new PlannedDistribution(string.Create(CultureInfo.InvariantCulture, $"distribution{number:d4}"), names))];
        _start = new RunStart(
            RunId.Parse("20240717T181100Z-3f9a"), new RunRequest(), new SyncLimits(
                parallel, Attempts: 3, TimeSpan.FromSeconds(30), MaxRounds: 5));
        _plan = new RunPlan(_start.Run, _start.Request, planned);
    }

    public List<History> Batches { get; } = [];

    public History Run { get; private set; } = null!;

    public IEnumerable<History> All => [Run, .. Batches];

    public int MostInFlight => Batches is [] ? Run.MostPending : Run.MostPending * Batches.Max(batch => batch.MostPending);

    /// <summary>As it is: in batches where one history does not suffice.</summary>
    public static async Task<SimulatedRun> AsItIsAsync(int distributions, int clouds, int parallel)
    {
        var simulated = new SimulatedRun(distributions, clouds, parallel);
        simulated.Run = await History.RunAsync(simulated._start, SyncOrchestrator.RunAsync, simulated.Perform);
        return simulated;
    }

    /// <summary>As it would be with all images in one history.</summary>
    public static async Task<SimulatedRun> InOneHistoryAsync(int distributions, int clouds, int parallel)
    {
        var simulated = new SimulatedRun(distributions, clouds, parallel);
        var (plan, limits) = (simulated._plan, simulated._start.Limits);
        simulated.Run = await History.RunAsync(simulated._start, OneHistoryAsync, simulated.Perform);
        return simulated;

        Task OneHistoryAsync(TaskOrchestrationContext context)
        {
            var cancelled = new TaskCompletionSource().Task;
            return new ImageFanOut(
                plan, limits, new ImageActivities(
                    context, new RunProgress(plan, context.SetCustomStatus), cancelled), cancelled).RunAsync();
        }
    }

    private string Perform(string name, string input) => name switch
    {
        nameof(SyncActivities.PlanRun) => JsonSerializer.Serialize(_plan),
        nameof(SyncActivities.SyncDistribution) => JsonSerializer.Serialize(Result(JsonSerializer.Deserialize<SyncWork>(input)!)),
        nameof(SyncActivities.PruneSuperseded) => JsonSerializer.Serialize(PruneReport.Nothing),
        nameof(BatchOrchestrator) => PerformBatch(JsonSerializer.Deserialize<SyncBatch>(input)!),
        _ => "null",
    };

    private string PerformBatch(SyncBatch batch)
    {
        var summary = "";
        // Nothing in a simulated episode waits, so the tasks have ended when they are there.
        var history = History.RunAsync(
            batch, async context => summary = JsonSerializer.Serialize(await BatchOrchestrator.RunAsync(context)), Perform);
        Batches.Add(history.GetAwaiter().GetResult());
        return summary;
    }

    private static SyncResult Result(SyncWork work) => new(Published(work), Found: work.Known is null ? Resolved(work) : null);

    private static Resolution Resolved(SyncWork work)
    {
        var location = new Uri(
            $"https://cloud.debian.org/images/cloud/bookworm/20240717-1811/{work.Distribution}-genericcloud-amd64-20240717-1811.qcow2");
        var image = new ResolvedImage
        {
            Distribution = work.Distribution,
            Location = location,
            OfficialLocation = location,
            DiskFormat = "qcow2",
            Revision = "20240717-1811",
            BuildDate = new DateOnly(2024, 7, 17),
            Digest = Digest.FromBytes(DigestAlgorithm.Sha512, new byte[64]),
            Provenance = new Provenance(ProvenanceKind.DigestOverHttps),
            Witness = new Witness(
                new Uri(location, "debian-12-genericcloud-amd64.json"), new FileVersion("\"35c-61d6b2a0b1c40\"", LastModified: null)),
        };
        return new Resolution(image, IsVerified: true);
    }

    private static ImageOutcome Published(SyncWork work) => new()
    {
        Distribution = work.Distribution,
        Cloud = work.Cloud!,
        Kind = OutcomeKind.Published,
        Reason = "Debian 12 [20240717-1811] is active and public",
        Revision = "20240717-1811",
        ImageId = "0b6c0b1e-5a5c-4d0c-9a3e-2f4a9f7f3c11",
        ImageName = "Debian 12 [20240717-1811]",
        Content = new ContentFacts(
            430_000_000, Digest.FromBytes(DigestAlgorithm.Sha256, new byte[32]), Digest.FromBytes(DigestAlgorithm.Sha512, new byte[64])),
        Provenance = "signed by D2EB44626FDDC30B513D5BB71A5D6C4C7DB87C81",
        BytesUploaded = 430_000_000,
        Seconds = new Dictionary<SyncStage,
        double>
        { [SyncStage.Resolve] = 0.6, [SyncStage.Settle] = 0.2, [SyncStage.Transfer] = 20.4, [SyncStage.Publish] = 0.3 },
    };
}

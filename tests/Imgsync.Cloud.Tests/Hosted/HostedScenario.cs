using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Imgsync.Core.Configuration;
using Imgsync.Core.Staging;
using Imgsync.Core.Sync;
using Imgsync.Functions;
using Imgsync.Functions.Tests;
using Imgsync.Functions.Workflow;
using Microsoft.Extensions.DependencyInjection;

namespace Imgsync.Cloud.Tests.Hosted;

/// <summary>
/// The hosted workflow over real services: the real orchestrator calls the real activities, each on a machine of its own,
/// and what passes between them goes through JSON. Only the engine in between is a test's.
/// </summary>
internal sealed class HostedScenario : IAsyncDisposable
{
    private readonly Scenario _scenario;
    private readonly RequestGate _upstream;
    private readonly RequestGate _glance;

    private HostedScenario(Scenario scenario, DevCloud cloud, string connectionString)
    {
        _scenario = scenario;
        _upstream = new RequestGate(scenario.Upstream.Url);
        _glance = new RequestGate(cloud.GlanceUrl);
        Container = new BlobContainerClient(connectionString, Azurite.UniqueContainer());
        scenario.Options = scenario.Options with
        {
            Distributions = ["debian12"],
            Staging = new StagingOptions { ConnectionString = new Secret(connectionString), Container = Container.Name },
            Publishers = new Dictionary<string, Uri>(StringComparer.Ordinal) { ["debian"] = new(_upstream.Url, "debian/"), ["ubuntu"] = new(_upstream.Url, "ubuntu/") },
            Clouds = [scenario.Cloud with { ImageEndpoint = _glance.Url }],
            Upstream = scenario.Options.Upstream with { IdleTimeout = TimeSpan.FromHours(1) },
        };
    }

    /// <summary>Upstream, Glance and the settings.</summary>
    public Scenario Base => _scenario;

    public BlobContainerClient Container { get; }

    public static async Task<HostedScenario> StartAsync(DevCloud cloud, string connectionString) => new(await Scenario.StartAsync(cloud), cloud, connectionString);

    public HalfWay StopHalfWay() => new(_upstream, _glance);

    public async Task<(RecordedContext Context, RunSummary Summary)> RunAsync(string run)
    {
        var context = new RecordedContext(new RunStart(run, new RunRequest()), PerformAsync);
        return (context, await SyncOrchestrator.RunAsync(context));
    }

    public async Task<SyncReport?> ReportAsync(string run) =>
        await new ReportStore(new BlobStagingStore(Container, TimeProvider.System)).FindAsync(run, TestContext.Current.CancellationToken);

    /// <summary>The names of all blobs, documents of ours and the lock left out.</summary>
    public async Task<IReadOnlyList<string>> StagedAsync() => await Container.GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken)
        .Select(blob => blob.Name)
        .Where(name => name.Contains(".qcow2", StringComparison.Ordinal))
        .ToListAsync(TestContext.Current.CancellationToken);

    /// <summary>Takes the run lock away, as happens to a machine that slept for longer than its lease.</summary>
    public async Task LoseLockAsync(string toRun)
    {
        await Container.GetBlobClient("run.lock").GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(toRun, await new BlobRunLock(Container).AcquireAsync(toRun, TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await _upstream.DisposeAsync();
        await _glance.DisposeAsync();
        await _scenario.DisposeAsync();
    }

    private async Task<object?> PerformAsync(RecordedCall call)
    {
        await using var machine = _scenario.Services();
        var activities = new SyncActivities(machine.GetRequiredService<RunSteps>(), _scenario.Options);
        var cancel = TestContext.Current.CancellationToken;
        switch (call.Name)
        {
            case nameof(SyncActivities.PlanRun):
                return await activities.PlanRun(call.Input<RunStart>(), cancel);
            case nameof(SyncActivities.SyncDistribution):
                return await activities.SyncDistribution(call.Input<SyncWork>(), cancel);
            case nameof(SyncActivities.StoreOutcomes):
                await activities.StoreOutcomes(call.Input<BatchOutcomes>(), cancel);
                return null;
            case nameof(SyncActivities.PruneSuperseded):
                return await activities.PruneSuperseded(call.Input<PruneWork>(), cancel);
            case nameof(SyncActivities.StoreReport):
                await activities.StoreReport(call.Input<ReportWork>(), cancel);
                return null;
            default:
                await activities.EndRun(call.Input<RunStart>(), cancel);
                return null;
        }
    }
}

using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging.Blobs;
using Imgsync.Core.Sync;
using Imgsync.Functions;
using Imgsync.Functions.Setup;
using Imgsync.Functions.Tests.Engine;
using Imgsync.Functions.Workflow;
using Imgsync.Functions.Workflow.Batches;
using Microsoft.Extensions.DependencyInjection;

namespace Imgsync.Cloud.Tests.Hosted;

/// <summary>The hosted workflow over real services: the real engine runs the real orchestrator, which
/// calls the real activities, each on a machine of its own.</summary>
internal sealed class HostedScenario : IAsyncDisposable, IActivities
{
    private readonly WorkflowEngine _engine;
    private readonly Scenario _scenario;
    private readonly RequestGate _upstream;
    private readonly RequestGate _glance;
    private RequestGate? _staging;

    private HostedScenario(WorkflowEngine engine, Scenario scenario, DevCloud cloud, string connectionString)
    {
        _engine = engine;
        _scenario = scenario;
        _upstream = new RequestGate(scenario.Upstream.Url);
        _glance = new RequestGate(cloud.GlanceUrl);
        Container = new BlobContainerClient(connectionString, Azurite.UniqueContainer());
        scenario.Options = scenario.Options with
        {
            Distributions = ["debian12"],
            Staging = new StagingOptions { ConnectionString = new Secret(connectionString), Container = Container.Name },
            Publishers = new Dictionary<string, Uri>(StringComparer.Ordinal)
            {
                ["debian"] = new(_upstream.Url, "debian/"),
                ["ubuntu"] = new(_upstream.Url, "ubuntu/"),
            },
            Clouds = [scenario.Cloud with { ImageEndpoint = _glance.Url }],
            Workflow = scenario.Options.Workflow with { FirstRetryAfter = TimeSpan.FromMilliseconds(50) },
            Upstream = scenario.Options.Upstream with { IdleTimeout = TimeSpan.FromHours(1) },
        };
    }

    /// <summary>Upstream, Glance and the settings.</summary>
    public Scenario Base => _scenario;

    public BlobContainerClient Container { get; }

    /// <summary>The latest run.</summary>
    public EngineRun? Execution { get; private set; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<HostedScenario> StartAsync(WorkflowEngine engine, DevCloud cloud, string connectionString) =>
        new(engine, await Scenario.StartAsync(cloud), cloud, connectionString);

    public HalfWay StopHalfWay() => new(_upstream, _glance);

    /// <summary>Breaks the connection of the next upload after so many bytes.</summary>
    public void CutNextUpload(int afterBytes) => _glance.Hold("PUT", "/file$", Moment.MiddleOfBody(afterBytes)).Cut();

    /// <summary>From the next activity on, staging is behind a gate that stops where an unfinished copy is read back.</summary>
    public GatedRequest HoldReadingOfKept()
    {
        var staging = _scenario.Options.Staging;
        var direct = Container.Uri.GetLeftPart(UriPartial.Authority);
        _staging = new RequestGate(new Uri(direct));
        var gated = staging.ConnectionString!.Reveal().Replace(
            direct, _staging.Url.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        _scenario.Options = _scenario.Options with { Staging = staging with { ConnectionString = new Secret(gated) } };
        return _staging.Hold("GET", @"/incoming/[^?]*\.qcow2$", Moment.BeforeRequest);
    }

    public async Task<(EngineRun Execution, RunSummary Summary)> RunAsync(RunId run)
    {
        Execution = await _engine.StartAsync(new RunStart(run, new RunRequest(), SyncLimits.Of(_scenario.Options)), this);
        return (Execution, await Execution.EndedAsync());
    }

    public async Task<SyncReport?> ReportAsync(RunId run) =>
        await new ReportStore(new BlobDocumentStore(Container)).FindAsync(run, TestContext.Current.CancellationToken);

    /// <summary>The names of all blobs, documents of ours and the lock left out.</summary>
    public async Task<IReadOnlyList<string>> StagedAsync() =>
        await Container.GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken)
        .Select(blob => blob.Name)
        .Where(name => name.Contains(".qcow2", StringComparison.Ordinal))
        .ToListAsync(TestContext.Current.CancellationToken);

    /// <summary>Takes the run lock away, as happens to a machine that slept for longer than its lease.</summary>
    public async Task LoseLockAsync(RunId toRun)
    {
        await Container.GetBlobClient("run.lock").GetBlobLeaseClient().BreakAsync(
            TimeSpan.Zero, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(toRun, await new BlobRunLock(Container).AcquireAsync(toRun, TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await _upstream.DisposeAsync();
        await _glance.DisposeAsync();
        if (_staging is not null)
            await _staging.DisposeAsync();
        await _scenario.DisposeAsync();
    }

    Task<RunPlan> IActivities.PlanAsync(RunStart start) => OnMachineAsync(activities => activities.PlanRun(start, Cancel));

    Task<SyncResult> IActivities.SyncAsync(SyncWork work) => OnMachineAsync(activities => activities.SyncDistribution(work, Cancel));

    Task IActivities.StoreAsync(BatchOutcomes batch) => OnMachineAsync(activities => DoneAsync(activities.StoreOutcomes(batch, Cancel)));

    Task<PruneReport> IActivities.PruneAsync(PruneWork work) => OnMachineAsync(activities => activities.PruneSuperseded(work, Cancel));

    Task<RunEnded> IActivities.EndAsync(RunEnd end) => OnMachineAsync(activities => activities.EndRun(end, Cancel));

    Task IActivities.TellAsync(Telling telling) => OnMachineAsync(activities => DoneAsync(activities.TellReceiver(telling, Cancel)));

    Task IActivities.WarnAsync(RunWarning warning) => OnMachineAsync(activities => DoneAsync(activities.WarnInReport(warning, Cancel)));

    private async Task<T> OnMachineAsync<T>(Func<SyncActivities, Task<T>> perform)
    {
        await using var machine = _scenario.Services();
        var queue = new QueuedImages(
            machine.GetRequiredService<RunNotes>(), _scenario.Options, new HostLimits(FunctionTimeout: null, ActivitiesAtOnce: null));
        var setup = new AppSetup(new ImgsyncConfiguration(_scenario.Options, [], []), [], []);
        return await perform(new SyncActivities(machine.GetRequiredService<RunSteps>(), queue, setup));
    }

    private static async Task<bool> DoneAsync(Task work)
    {
        await work;
        return true;
    }
}

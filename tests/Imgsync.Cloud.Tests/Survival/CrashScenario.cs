using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.Survival;

/// <summary>A publisher, a cloud and a staging store with a gate before each, so that the program can be held at any request; and
/// normal runs beside it, which ask the cloud and the store directly and share everything else.</summary>
internal sealed class CrashScenario : IAsyncDisposable
{
    public const string Revision = "20240717-1811";

    private readonly List<RequestGate> _gates = [];

    private CrashScenario(Scenario scenario, string? blobs)
    {
        Base = scenario;
        Upstream = Gate(scenario.Upstream.Url);
        Keystone = Gate(scenario.Cloud.Auth.AuthUrl!);
        scenario.ReadDebianFrom(Upstream.Url); // always: what was kept is gone on with from the same server
        if (blobs is not null)
        {
            Container = new BlobContainerClient(blobs, Azurite.UniqueContainer());
            Blobs = Gate(new Uri(Container.Uri, "/"));
            scenario.Options =
                scenario.Options with { Staging = new StagingOptions { ConnectionString = new Secret(blobs), Container = Container.Name } };
        }

        Staging = new CrashStaging(scenario.StagingFolder, Container);
    }

    public Scenario Base { get; }

    public RequestGate Upstream { get; }

    public RequestGate Keystone { get; }

    public RequestGate Glance { get; private init; } = null!;

    /// <summary>Before blob storage, where that is the staging.</summary>
    public RequestGate? Blobs { get; }

    /// <summary>The staging's container, where it is blob storage; by way of no gate.</summary>
    public BlobContainerClient? Container { get; }

    public CrashStaging Staging { get; }

    public PublishedImage? Image { get; private set; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="blobs">The connection string of the staging's account; null for a folder.</param>
    public static async Task<CrashScenario> StartAsync(DevCloud cloud, string? blobs = null)
    {
        var scenario = await Scenario.StartAsync(cloud);
        var glance = new RequestGate(cloud.GlanceUrl);
        var crash = new CrashScenario(scenario, blobs) { Glance = glance };
        crash._gates.Add(glance);
        return crash;
    }

    /// <summary>Debian 12's next revision, of this size.</summary>
    public PublishedImage Publish(int mebibytes = 4, string revision = Revision) => Image =
        Base.Tree.PublishDebian(
            DebianRelease.Bookworm, revision,
            content: new Qcow2Builder { Seed = int.Parse(revision[..8], CultureInfo.InvariantCulture), DataSize = mebibytes << 20 });

    /// <summary>Starts the program, every request of which passes a gate.</summary>
    public async Task<ImgsyncProcess> StartProgramAsync()
    {
        var file = Path.Combine(Path.GetDirectoryName(Base.Options.Catalog)!, "imgsync.json");
        await File.WriteAllTextAsync(file, GatedSettings.Of(Base.Options, Upstream, Keystone, Glance, Blobs).ToJsonString(), Cancel);
        return ImgsyncProcess.Sync(file, "debian12");
    }

    /// <summary>Kills the program where a gate holds it.</summary>
    /// <param name="bytes">How much of the image is to be in staging first, where it is on its way there.</param>
    public async Task KillAtAsync(GatedRequest gated, long bytes = 0)
    {
        var program = await StartProgramAsync();
        await program.ReachAsync(gated);
        await Eventually.TrueAsync($"{bytes} bytes are in staging", async () => await StagedAsync() >= bytes);
        await program.KillAsync();
        gated.Cut();
    }

    public Task<SyncReport> SyncAsync() => Base.SyncAsync("debian12");

    /// <summary>A run in this process whose requests to Glance pass the gate.</summary>
    public async Task<SyncReport> SyncThroughGlanceAsync()
    {
        var direct = Base.Options;
        Base.Options = ThroughGlance();
        var running = SyncAsync();
        Base.Options = direct;
        return await running;
    }

    public ImgsyncOptions ThroughGlance() => Base.Options with
    {
        Clouds = [Base.Options.Clouds[0] with { ImageEndpoint = Glance.Url, ActivationTimeout = TimeSpan.FromSeconds(5) }],
    };

    /// <summary>How many bytes of the image staging has, finished or not.</summary>
    public Task<long> StagedAsync() => Staging.BytesAsync(Image!);

    public async ValueTask DisposeAsync()
    {
        foreach (var gate in _gates)
            await gate.DisposeAsync();
        await Base.DisposeAsync();
        await DeleteContainerAsync();
    }

    /// <summary>An emulator that is gone took its containers along. Why a test left it so must not hide behind that.</summary>
    private async Task DeleteContainerAsync()
    {
        try
        {
            if (Container is not null)
                await Container.DeleteIfExistsAsync(cancellationToken: CancellationToken.None);
        }
        catch (Exception gone) when (gone is RequestFailedException or AggregateException)
        {
        }
    }

    private RequestGate Gate(Uri target)
    {
        _gates.Add(new RequestGate(target));
        return _gates[^1];
    }
}

using System.Globalization;
using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Imgsync.Core.Configuration;
using Imgsync.Core.Sync;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.Survival;

/// <summary>
/// A publisher, a cloud and a staging store with a gate before each, so that the program can be held at any request; and
/// normal runs beside it, which ask the cloud and the store directly and share everything else.
/// </summary>
internal sealed class CrashScenario : IAsyncDisposable
{
    public const string Revision = "20240717-1811";

    private readonly BlobContainerClient? _container;
    private readonly List<RequestGate> _gates = [];

    private CrashScenario(Scenario scenario, string? blobs)
    {
        Base = scenario;
        Upstream = Gate(scenario.Upstream.Url);
        Keystone = Gate(scenario.Cloud.Auth.AuthUrl!);
        scenario.ReadDebianFrom(Upstream.Url); // always: what was kept from one place is not gone on with from another
        if (blobs is not null)
        {
            _container = new BlobContainerClient(blobs, Azurite.UniqueContainer());
            Blobs = Gate(new Uri(_container.Uri, "/"));
            scenario.Options = scenario.Options with { Staging = new StagingOptions { ConnectionString = new Secret(blobs), Container = _container.Name } };
        }
    }

    public Scenario Base { get; }

    public RequestGate Upstream { get; }

    public RequestGate Keystone { get; }

    public RequestGate Glance { get; private init; } = null!;

    /// <summary>Before blob storage, where that is the staging.</summary>
    public RequestGate? Blobs { get; }

    /// <summary>The staging's container, where it is blob storage; by way of no gate.</summary>
    public BlobContainerClient? Container => _container;

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
        Base.Tree.PublishDebian(DebianRelease.Bookworm, revision, content: new Qcow2Builder { Seed = int.Parse(revision[..8], CultureInfo.InvariantCulture), DataSize = mebibytes << 20 });

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
        while (await StagedAsync() < bytes)
            await Task.Delay(20, Cancel);
        await program.KillAsync();
        gated.Cut();
    }

    /// <summary>What time does: nobody renews the leases of a process that is dead.</summary>
    public async Task LetLeasesEndAsync()
    {
        if (_container is null)
            return;

        await foreach (var blob in _container.GetBlobsAsync(cancellationToken: Cancel))
        {
            if (blob.Properties.LeaseState is LeaseState.Leased)
                await _container.GetBlobClient(blob.Name).GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: Cancel);
        }
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

    public ImgsyncOptions ThroughGlance() => Base.Options with { Clouds = [Base.Options.Clouds[0] with { ImageEndpoint = Glance.Url }] };

    /// <summary>How many bytes of the image staging has, finished or not.</summary>
    public Task<long> StagedAsync() => _container is null ? Task.FromResult(StagedInFolder()) : StagedInBlobsAsync(_container);

    /// <summary>What is in staging beside finished images, documents and the lock.</summary>
    public async Task<IReadOnlyList<string>> LeftoversAsync()
    {
        var names = _container is null
            ? [.. Directory.GetFiles(Base.StagingFolder, "*", SearchOption.AllDirectories)]
            : await _container.GetBlobsAsync(cancellationToken: Cancel).Select(blob => blob.Name).ToListAsync(Cancel);
        return [.. names.Where(name => name.Contains(".partial", StringComparison.Ordinal) || name.Contains("incoming/", StringComparison.Ordinal))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gate in _gates)
            await gate.DisposeAsync();
        await Base.DisposeAsync();
        if (_container is not null)
            await _container.DeleteIfExistsAsync(cancellationToken: CancellationToken.None);
    }

    private RequestGate Gate(Uri target)
    {
        _gates.Add(new RequestGate(target));
        return _gates[^1];
    }

    private long StagedInFolder() => Directory.Exists(Base.StagingFolder)
        ? Directory.EnumerateFiles(Base.StagingFolder, "*.qcow2*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".qcow2" or ".partial" && file.Contains(Image!.Sha512.Hex, StringComparison.Ordinal))
            .Sum(file => new FileInfo(file).Length)
        : 0;

    private async Task<long> StagedInBlobsAsync(BlobContainerClient container)
    {
        if (!await container.ExistsAsync(Cancel))
            return 0;

        var name = $"debian12/sha512-{Image!.Sha512.Hex}.qcow2";
        if (await container.GetBlobClient(name).ExistsAsync(Cancel))
            return (await container.GetBlobClient(name).GetPropertiesAsync(cancellationToken: Cancel)).Value.ContentLength;
        if (!await container.GetBlobClient("incoming/" + name).ExistsAsync(Cancel))
            return 0;

        var blocks = (await container.GetBlockBlobClient("incoming/" + name).GetBlockListAsync(cancellationToken: Cancel)).Value;
        var sizes = blocks.CommittedBlocks.Concat(blocks.UncommittedBlocks).ToDictionary(block => Encoding.ASCII.GetString(Convert.FromBase64String(block.Name)), block => block.SizeLong, StringComparer.Ordinal);
        var ordered = Enumerable.Range(0, sizes.Count).Select(number => number.ToString("d8", CultureInfo.InvariantCulture));
        return ordered.TakeWhile(sizes.ContainsKey).Sum(name => sizes[name]);
    }
}

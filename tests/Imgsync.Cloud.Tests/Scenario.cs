using System.Text.Json.Nodes;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Core.Sync;
using Imgsync.Testing.Upstream;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Imgsync.Cloud.Tests;

/// <summary>One upstream tree, one Glance and one staging folder of a test's own, and runs of the real thing over them.</summary>
public sealed class Scenario : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly FolderServer _server;
    private readonly DevCloud _cloud;
    private readonly CloudOptions _project;

    private Scenario(DirectoryInfo folder, UpstreamTree tree, FolderServer server, DevCloud cloud, CloudOptions project)
    {
        (_folder, Tree, _server, _cloud, _project) = (folder, tree, server, cloud, project);
        File.WriteAllText(Path.Combine(folder.FullName, "catalog.json"), tree.CatalogJson());
        File.WriteAllText(Path.Combine(folder.FullName, "key.asc"), tree.Key.ArmouredPublicKey);
        Options = new ImgsyncOptions
        {
            Catalog = Path.Combine(folder.FullName, "catalog.json"),
            Publishers = new Dictionary<string, Uri>(StringComparer.Ordinal)
            {
                ["debian"] = server.DebianUrl,
                ["ubuntu"] = server.UbuntuUrl,
            },
            Publish = new PublishOptions { Prefix = DevCloud.UniquePrefix() },
            Staging = new StagingOptions { Folder = StagingFolder },
            Signatures = new SignatureOptions { Keyrings = [Path.Combine(folder.FullName, "key.asc")], KeyServer = null },
            Workflow = new WorkflowOptions { Attempts = 1 },
            Upstream = new UpstreamOptions { IdleTimeout = TimeSpan.FromSeconds(5), Retries = 0 },
            Clouds = [project],
        };
    }

    public UpstreamTree Tree { get; }

    /// <summary>What the next run is configured with.</summary>
    public ImgsyncOptions Options { get; set; }

    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Everything that was logged, at any level.</summary>
    public CapturedLog Log { get; } = new();

    /// <summary>A project of this scenario's own, and the user who may publish there.</summary>
    public CloudOptions Cloud => _project;

    public FolderServer Upstream => _server;

    public string StagingFolder => Path.Combine(_folder.FullName, "staging");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="lists">Whether the upstream server lists its directories.</param>
    public static async Task<Scenario> StartAsync(DevCloud cloud, bool lists = false)
    {
        var folder = Directory.CreateTempSubdirectory("imgsync-scenario-");
        var tree = new UpstreamTree(Path.Combine(folder.FullName, "upstream"));
        Directory.CreateDirectory(tree.Folder);
        return new Scenario(
            folder, tree, await FolderServer.StartAsync(tree.Folder, Cancel, lists: lists), cloud, await DevCloudProject.CreateAsync(cloud, Cancel));
    }

    /// <summary>Debian's tree through something between us and it.</summary>
    /// <param name="server">Has the tree below <c>debian/</c>.</param>
    public void ReadDebianFrom(Uri server) => Options = Options with
    {
        Publishers = new Dictionary<string, Uri>(Options.Publishers, StringComparer.Ordinal) { ["debian"] = new(server, "debian/") },
    };

    public Task<SyncReport> SyncAsync(params string[] distributions) => SyncAsync(new RunRequest { Distributions = distributions });

    /// <summary>One run of a fresh process's worth of objects.</summary>
    public async Task<SyncReport> SyncAsync(
        RunRequest request, IProgress<ImageProgress>? progress = null, CancellationToken? cancellationToken = null)
    {
        await using var services = Services();
        return await services.GetRequiredService<SyncRun>().RunAsync(
            request, progress ?? new Progress<ImageProgress>(), cancellationToken ?? Cancel);
    }

    /// <summary>A fresh process's worth of objects.</summary>
    public ServiceProvider Services() => new ServiceCollection()
        .AddSingleton(Time)
        .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log))
        .AddImgsync(Options, StagingFolder)
        .BuildServiceProvider();

    /// <summary>What Glance has of this scenario, asked directly.</summary>
    public async Task<IReadOnlyList<JsonObject>> ImagesAsync()
    {
        using var glance = await ProbeAsync();
        return await glance.ListAsync(Options.Publish.Prefix, Cancel);
    }

    /// <summary>Asks Glance directly, as the user who syncs.</summary>
    public Task<GlanceProbe> ProbeAsync() => _cloud.ProbeAsync(_project.Auth, Cancel);

    public async Task<byte[]> DownloadAsync(JsonObject image)
    {
        using var glance = await _cloud.ProbeAsync(Cancel);
        return await glance.DownloadAsync((string)image["id"]!, Cancel);
    }

    /// <summary>How much there is of images that are not whole yet.</summary>
    public long KeptBytes() => HalfMade().Where(file => file.EndsWith(".partial", StringComparison.Ordinal))
        .Sum(file => new FileInfo(file).Length);

    /// <summary>A run publishes the image, fetches what staging has not, and leaves nothing half made.</summary>
    public async Task AssertGoesOnAsync(PublishedImage image, long kept)
    {
        var outcome = Assert.Single((await SyncAsync("debian12")).Outcomes);

        Assert.Equal((OutcomeKind.Published, image.Length - kept), (outcome.Kind, outcome.BytesDownloaded));
        Assert.Empty(HalfMade());
    }

    /// <summary>Files in staging that are no finished image and no document.</summary>
    public IReadOnlyList<string> HalfMade() => Directory.Exists(StagingFolder)
        ? [.. Directory.GetFiles(StagingFolder, "*.partial*", SearchOption.AllDirectories)]
        : [];

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        using var glance = await _cloud.ProbeAsync(_project.Auth, CancellationToken.None);
        await glance.ClearAsync(Options.Publish.Prefix, CancellationToken.None);
        _folder.Delete(recursive: true);
    }
}

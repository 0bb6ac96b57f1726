using System.Diagnostics;
using System.Globalization;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Core.Sync;
using Imgsync.Testing;
using Imgsync.Testing.Upstream;
using Microsoft.Extensions.DependencyInjection;

namespace Imgsync.Workbench.Soak;

/// <summary>Two distributions and their publisher, a project in a real cloud, proxies
/// that can spoil every way, and a staging folder.</summary>
internal sealed class SoakWorld : IAsyncDisposable
{
    public const int Keep = 2;

    private static readonly DateOnly FirstDay = new(2024, 1, 1);

    private readonly string _folder = Directory.CreateTempSubdirectory("imgsync-soak-").FullName;
    private readonly Dictionary<string, List<PublishedImage>> _published = new(
        StringComparer.Ordinal)
    { ["debian12"] = [], ["ubuntu24"] = [] };
    private readonly string _program;
    private readonly DevCloud _cloud;
    private readonly UpstreamTree _tree;
    private readonly FolderServer _server;
    private readonly ImgsyncOptions _options;

    private SoakWorld(string program, DevCloud cloud, CloudOptions project, UpstreamTree tree, FolderServer server)
    {
        (_program, _cloud, _tree, _server) = (program, cloud, tree, server);
        (Upstream, Glance, Keystone) = (new FaultProxy(server.Url), new FaultProxy(cloud.GlanceUrl), new FaultProxy(cloud.KeystoneUrl));
        _options = SoakSettings.Write(_folder, tree, project, this);
        for (var first = 0; first < _published.Count; first++)
            PublishNext(new Random(first));
    }

    public FaultProxy Upstream { get; }

    public FaultProxy Glance { get; }

    public FaultProxy Keystone { get; }

    public string Staging => Path.Combine(_folder, "staging");

    /// <summary>All revisions so far, by distribution, oldest first.</summary>
    public IReadOnlyDictionary<string, List<PublishedImage>> Published => _published;

    /// <summary>What is offered now.</summary>
    public IReadOnlyList<PublishedImage> Newest => [.. _published.Values.Where(images => images is not []).Select(images => images[^1])];

    public string Prefix => _options.Publish.Prefix;

    public static async Task<SoakWorld> StartAsync(string program)
    {
        var cloud = new DevCloud();
        await cloud.InitializeAsync();
        var tree = new UpstreamTree(Directory.CreateTempSubdirectory("imgsync-soak-tree-").FullName);
        return new SoakWorld(
            program, cloud, await DevCloudProject.CreateAsync(cloud, CancellationToken.None), tree, await FolderServer.StartAsync(
                tree.Folder, CancellationToken.None));
    }

    public Task<GlanceProbe> ProbeAsync() => _cloud.ProbeAsync(_options.Clouds[0].Auth, CancellationToken.None);

    /// <summary>A new revision of whichever distribution has fewer, or of a random one.</summary>
    public void PublishNext(Random random)
    {
        var key = _published.FirstOrDefault(images => images.Value is []).Key ?? (random.Next(2) == 0 ? "debian12" : "ubuntu24");
        var images = _published[key];
        var day = FirstDay.AddDays(images.Count).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var content = new Qcow2Builder { Seed = random.Next(), DataSize = random.Next(1, 4) << 20 };
        images.Add(key is "debian12"
            ? _tree.PublishDebian(DebianRelease.Bookworm, $"{day}-1800", content: content)
            : _tree.PublishUbuntu("noble", day, content: content));
    }

    /// <summary>A run in this process, as a warm host does it.</summary>
    /// <returns>Null where it did not get to its report.</returns>
    public async Task<SyncReport?> SyncAsync(CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddLogging()
            .AddImgsync(_options, Staging)
            .BuildServiceProvider();
        try
        {
            return await services.GetRequiredService<SyncRun>().RunAsync(
                new RunRequest(), new Progress<ImageProgress>(), cancellationToken);
        }
        catch (Exception ended) when (ended is ImgsyncException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>A run as a process of its own, killed once so many bytes of images and requests have passed.</summary>
    public async Task<SyncReport?> KillAsync(int bytes)
    {
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [_program, "sync", "--config", Path.Combine(_folder, "imgsync.json")])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = _folder,
                Environment = { ["HOME"] = _folder },
            })!;
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await PassedAsync(bytes, process.WaitForExitAsync());
        process.Kill();
        await process.WaitForExitAsync();
        await output;
        return null;
    }

    /// <summary>Waits until so many bytes have passed, or it is over.</summary>
    public async Task PassedAsync(int bytes, Task over)
    {
        var before = Upstream.Passed + Glance.Passed;
        while (!over.IsCompleted && Upstream.Passed + Glance.Passed - before < bytes)
            await Task.Delay(5);
    }

    public async ValueTask DisposeAsync()
    {
        using (var glance = await ProbeAsync())
            await glance.ClearAsync(Prefix, CancellationToken.None);
        foreach (var proxy in (FaultProxy[])[Upstream, Glance, Keystone])
            await proxy.DisposeAsync();
        await _server.DisposeAsync();
        Directory.Delete(_tree.Folder, recursive: true);
        Directory.Delete(_folder, recursive: true);
    }
}

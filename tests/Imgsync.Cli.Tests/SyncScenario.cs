using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary>The program, a publisher that a proxy can spoil, and a project of a real Glance to publish to.</summary>
internal sealed class SyncScenario : IAsyncDisposable
{
    private readonly DevCloud _cloud;
    private readonly FolderServer _server;

    private SyncScenario(DevCloud cloud, ProgramRun program, UpstreamTree tree, FolderServer server)
    {
        (_cloud, Program, Tree, _server) = (cloud, program, tree, server);
        Upstream = new FaultProxy(server.Url);
    }

    public ProgramRun Program { get; }

    public UpstreamTree Tree { get; }

    /// <summary>Between the program and the publisher.</summary>
    public FaultProxy Upstream { get; }

    public string Prefix { get; } = DevCloud.UniquePrefix();

    public string Staging => Path.Combine(Program.Home, "staging");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<SyncScenario> StartAsync(DevCloud cloud)
    {
        var program = new ProgramRun();
        var tree = new UpstreamTree(Path.Combine(program.Home, "upstream"));
        Directory.CreateDirectory(tree.Folder);
        var scenario = new SyncScenario(cloud, program, tree, await FolderServer.StartAsync(tree.Folder, Cancel));
        await scenario.ConfigureAsync();
        return scenario;
    }

    /// <summary>What Glance has of this scenario, asked directly: name and status.</summary>
    public async Task<IReadOnlyList<string>> ImagesAsync()
    {
        using var glance = await _cloud.ProbeAsync(Cancel);
        return [.. (await glance.ListAsync(Prefix, Cancel)).Select(image => $"{image["name"]}: {image["status"]}, {image["visibility"]}")];
    }

    /// <summary>Waits until Glance has taken the first bytes of an upload.</summary>
    public async Task WaitForUploadAsync()
    {
        using var glance = await _cloud.ProbeAsync(Cancel);
        await Eventually.TrueAsync(
            "an image is being saved",
            async () => (await glance.ListAsync(Prefix, Cancel)).Any(image => (string?)image["status"] is "saving"));
    }

    /// <summary>Files in staging that are neither a finished image nor a document.</summary>
    public IReadOnlyList<string> HalfMade() =>
        Directory.Exists(Staging) ? Directory.GetFiles(Staging, "*.partial*", SearchOption.AllDirectories) : [];

    public async ValueTask DisposeAsync()
    {
        await Upstream.DisposeAsync();
        await _server.DisposeAsync();
        using var glance = await _cloud.ProbeAsync(CancellationToken.None);
        await glance.ClearAsync(Prefix, CancellationToken.None);
        Program.Dispose();
    }

    private async Task ConfigureAsync()
    {
        var auth = (await DevCloudProject.CreateAsync(_cloud, Cancel)).Auth;
        foreach (var (name, value) in new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["OS_AUTH_URL"] = auth.AuthUrl?.AbsoluteUri,
            ["OS_USERNAME"] = auth.Username,
            ["OS_PASSWORD"] = auth.Password?.Reveal(),
            ["OS_USER_DOMAIN_NAME"] = auth.UserDomainName,
            ["OS_PROJECT_NAME"] = auth.ProjectName,
            ["OS_PROJECT_DOMAIN_NAME"] = auth.ProjectDomainName,
            ["IMGSYNC__PUBLISHERS__DEBIAN"] = new Uri(Upstream.Url, "debian/").AbsoluteUri,
            ["IMGSYNC__PUBLISH__PREFIX"] = Prefix,
            ["IMGSYNC__STAGING__FOLDER"] = Staging,
            ["IMGSYNC__WORKFLOW__ATTEMPTS"] = "1",
        })
        {
            Program.Environment[name] = value;
        }
    }
}

using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Core.Sync;
using Imgsync.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Tests.Publishing;

/// <summary>Clouds that somebody on the way could listen in on.</summary>
public sealed class InsecureCloudTests : IDisposable
{
    private readonly DirectoryInfo _staging = Directory.CreateTempSubdirectory("imgsync-doors-");
    private readonly CapturedLog _log = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Shows("every-run-warns-of-them-though-the-process-is-the-same")]
    public async Task Every_run_warns_of_them_though_the_process_is_the_same()
    {
        await using var process = Process(
            new CloudOptions { Name = "lab", Insecure = true },
            new CloudOptions { Name = "old", Auth = At("http://keystone.example:5000/v3") },
            new CloudOptions { Name = "here", Auth = At("http://127.0.0.1:5000/v3") },
            new CloudOptions { Name = "good", Auth = At("https://keystone.example:5000/v3") });
        var steps = process.GetRequiredService<RunSteps>();

        foreach (var run in (RunId[])[RunId.Parse("a"), RunId.Parse("b")])
        {
            await steps.PlanAsync(run, new RunRequest(), Cancel);
            await steps.EndAsync(run, report: null, parts: [], Cancel);
        }

        var warnings = _log.Lines.Where(line => line.StartsWith("Warning: ", StringComparison.Ordinal)).ToList();
        Assert.Equal(4, warnings.Count);
        Assert.Equal(2, warnings.Count(line => line.Contains("Certificates of cloud lab are not checked", StringComparison.Ordinal)));
        Assert.Equal(
            2, warnings.Count(
                line => line.Contains("Cloud old is signed in to over plain http (keystone.example)", StringComparison.Ordinal)));
    }

    public void Dispose() => _staging.Delete(recursive: true);

    private static KeystoneOptions At(string url) => new() { AuthUrl = new Uri(url) };

    private ServiceProvider Process(params CloudOptions[] clouds) => new ServiceCollection()
        .AddLogging(logging => logging.AddProvider(_log))
        .AddImgsync(new ImgsyncOptions { Distributions = ["debian12"], Clouds = clouds }, _staging.FullName)
        .BuildServiceProvider();
}

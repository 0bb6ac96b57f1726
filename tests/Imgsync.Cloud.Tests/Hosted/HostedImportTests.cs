using System.Web;
using Imgsync.Cloud.Tests.Secrets;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Functions.Tests.Engine;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.Hosted;

/// <summary>Imports by the hosted workflow, each activity on a machine of its own.</summary>
public sealed class HostedImportTests(WorkflowEngine engine, DevCloud cloud, Azurite azurite)
{
    [Theory]
    [InlineData(UploadMethod.GlanceDirect)]
    [InlineData(UploadMethod.WebDownload)]
    public async Task No_function_waits_for_an_import_and_the_workflow_keeps_no_link(UploadMethod upload)
    {
        await using var hosted = await HostedScenario.StartAsync(engine, cloud, azurite.ConnectionString);
        hosted.Base.Options = hosted.Base.Options with { Publish = hosted.Base.Options.Publish with { Upload = upload } };
        var published = hosted.Base.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");

        var (execution, summary) = await hosted.RunAsync(RunId.Parse("20240717T181100Z-00a1"));

        Assert.Equal(1, summary.Outcomes[OutcomeKind.Published]);
        Assert.StartsWith("PlanRun SyncDistribution SyncDistribution ", execution.Told, StringComparison.Ordinal);
        Assert.EndsWith("SyncDistribution PruneSuperseded EndRun", execution.Told, StringComparison.Ordinal);
        Assert.All(execution.Inputs<SyncWork>(), work => Assert.False(work.StagedFirst));
        var image = Assert.Single(await hosted.Base.ImagesAsync());
        Assert.Equal(
            ("active", "public", published.Sha512.Hex),
            ((string?)image["status"], (string?)image["visibility"], (string?)image["os_hash_value"]));
        Assert.Equal(published.Length, hosted.Base.Upstream.ImageBytes);
        var outcome = Assert.Single((await hosted.ReportAsync(RunId.Parse("20240717T181100Z-00a1")))!.Outcomes);
        Assert.Equal((OutcomeKind.Published, published.Length), (outcome.Kind, outcome.BytesDownloaded));

        using var glance = await hosted.Base.ProbeAsync();
        var task = Assert.Single(await glance.TasksAsync((string)image["id"]!, TestContext.Current.CancellationToken));
        if ((string?)task["input"]!["import_req"]!["method"]!["uri"] is { } link)
        {
            var signature = HttpUtility.ParseQueryString(new Uri(link).Query)["sig"]!;
            (await Written.CollectAsync(hosted, failure: null)).AssertHoldsNone(["sig=", signature, Uri.EscapeDataString(signature)]);
        }
    }
}

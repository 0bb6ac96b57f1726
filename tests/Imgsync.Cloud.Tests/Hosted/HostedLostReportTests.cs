using System.Text.Json.Nodes;
using Azure.Storage.Blobs.Specialized;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging.Blobs;
using Imgsync.Functions.Tests.Engine;
using Imgsync.Testing.Http;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.Hosted;

/// <summary>A hosted run whose report the storage service does not take, because somebody else has a lease on its blobs.</summary>
public sealed class HostedLostReportTests(WorkflowEngine engine, DevCloud cloud, Azurite azurite)
{
    private static readonly RunId Lost = RunId.Parse("20240717T181100Z-00c1");
    private static readonly RunId LostWithoutATrace = RunId.Parse("20240717T181100Z-00c2");
    private static readonly RunId Next = RunId.Parse("20240717T181100Z-00c3");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_image_stands_the_lock_is_free_receivers_are_told_and_the_next_run_says_that_it_works_again()
    {
        await using var receiver = new ScriptedServer().Always("POST", "/hook", Answer.Of(200));
        await using var hosted = await StartAsync(receiver);
        await LeaseAsync(hosted, $"reports/{Lost}.json");

        var (execution, summary) = await hosted.RunAsync(Lost);

        Assert.Equal("PlanRun SyncDistribution PruneSuperseded EndRun EndRun EndRun EndRun EndRun EndRun TellReceiver", execution.Told);
        Assert.StartsWith($"The run's report is not stored: Writing reports/{Lost}.json in container ", summary.Lost, StringComparison.Ordinal);
        Assert.Equal(1, summary.Outcomes[OutcomeKind.Published]);
        AssertTells(Assert.Single(receiver.Requests), "imgsync.run.failure", summary.Lost!);
        var images = await hosted.Base.ImagesAsync();
        await AssertLockIsFreeAsync(hosted);
        var standing = await new ReportStore(new BlobDocumentStore(hosted.Container)).StandingAsync(Cancel);
        Assert.Equal((Lost, summary.Lost), (standing.Unplanned?.Run, standing.Unplanned?.Reason));

        (_, summary) = await hosted.RunAsync(Next);

        Assert.Equal((1, null), (summary.Outcomes[OutcomeKind.UpToDate], summary.Lost));
        Assert.Equal(Assert.Single(images)["id"]!.ToString(), Assert.Single(await hosted.Base.ImagesAsync())["id"]!.ToString());
        AssertTells(receiver.Requests[^1], "imgsync.run.recovery", "Runs do their work again.");
    }

    [Fact]
    public async Task Where_not_even_the_failure_can_be_kept_receivers_are_told_and_the_lock_is_free()
    {
        await using var receiver = new ScriptedServer().Always("POST", "/hook", Answer.Of(200));
        await using var hosted = await StartAsync(receiver);
        await LeaseAsync(hosted, $"reports/{LostWithoutATrace}.json", "reports/standing.json", $"reports/{LostWithoutATrace}/news.json");

        var (execution, summary) = await hosted.RunAsync(LostWithoutATrace);

        Assert.EndsWith("EndRun TellReceiver", execution.Told, StringComparison.Ordinal);
        AssertTells(Assert.Single(receiver.Requests), "imgsync.run.failure", summary.Lost!);
        Assert.Single(await hosted.Base.ImagesAsync());
        await AssertLockIsFreeAsync(hosted);
    }

    private async Task<HostedScenario> StartAsync(ScriptedServer receiver)
    {
        var hosted = await HostedScenario.StartAsync(engine, cloud, azurite.ConnectionString);
        hosted.Base.Options = hosted.Base.Options with
        {
            Notify =
            [
                new NotifyOptions
                {
                    Url = new Secret(new Uri(receiver.Url, "hook").AbsoluteUri),
                    On = [Occasion.Failure, Occasion.Recovery],
                },
            ],
        };
        hosted.Base.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        return hosted;
    }

    private static async Task LeaseAsync(HostedScenario hosted, params string[] blobs)
    {
        await hosted.Container.CreateIfNotExistsAsync(cancellationToken: Cancel);
        foreach (var name in blobs)
        {
            var blob = hosted.Container.GetBlobClient(name);
            await blob.UploadAsync(new BinaryData("{}"), Cancel);
            await blob.GetBlobLeaseClient().AcquireAsync(BlobLeaseClient.InfiniteLeaseDuration, cancellationToken: Cancel);
        }
    }

    private static void AssertTells(ScriptedRequest message, string type, string reason)
    {
        var told = JsonNode.Parse(message.Text)!;
        Assert.Equal((type, reason), ((string?)told["type"], (string?)told["data"]!["items"]![0]!["reason"]));
    }

    private static async Task AssertLockIsFreeAsync(HostedScenario hosted)
    {
        var other = new BlobRunLock(hosted.Container);
        Assert.Equal(RunId.Parse("other"), await other.AcquireAsync(RunId.Parse("other"), Cancel));
        await other.ReleaseAsync(RunId.Parse("other"), Cancel);
    }
}

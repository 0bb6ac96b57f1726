using System.Security.Cryptography;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging.Blobs;
using Imgsync.Functions.Tests.Engine;
using Imgsync.Testing.Http;
using Imgsync.Testing.Upstream;
using Microsoft.Extensions.Time.Testing;

namespace Imgsync.Cloud.Tests.Hosted;

public sealed class HostedRunTests(WorkflowEngine engine, DevCloud cloud, Azurite azurite)
{
    private static readonly RunId First = RunId.Parse("20240717T181100Z-0001");
    private static readonly RunId Second = RunId.Parse("20240717T181100Z-0002");

    /// <summary>More than a few of the blocks in which bytes pass.</summary>
    private static readonly Qcow2Builder Large = new() { DataSize = 6 << 20, Seed = 12 };

    [Fact]
    public async Task The_activities_in_order_publish_prune_and_store_their_report()
    {
        await using var hosted = await HostedScenario.StartAsync(engine, cloud, azurite.ConnectionString);
        hosted.Base.Options = hosted.Base.Options with { Publish = hosted.Base.Options.Publish with { Keep = 1 } };
        hosted.Base.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await hosted.RunAsync(First);
        var newest = hosted.Base.Tree.PublishDebian(DebianRelease.Bookworm, "20240718-1812");

        var (execution, summary) = await hosted.RunAsync(Second);

        Assert.Equal("PlanRun SyncDistribution PruneSuperseded EndRun", execution.Told);
        Assert.Equal((1, 1, 0), (summary.Outcomes[OutcomeKind.Published], summary.Pruned, summary.PruneFailures));
        var image = Assert.Single(await hosted.Base.ImagesAsync());
        Assert.Equal(
            ("20240718-1812", "active", "public"),
            ((string?)image["imgsync.revision"], (string?)image["status"], (string?)image["visibility"]));
        Assert.Equal(newest.Sha512.Hex, Convert.ToHexStringLower(SHA512.HashData(await hosted.Base.DownloadAsync(image))));
        Assert.Equal(OutcomeKind.Published, Assert.Single((await hosted.ReportAsync(Second))!.Outcomes).Kind);
        Assert.Equal(2, (await hosted.StagedAsync()).Count(name => name.StartsWith("debian12/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Receivers_are_told_of_a_run_and_one_that_is_gone_is_a_warning_in_its_report()
    {
        await using var good = new ScriptedServer().Always("POST", "/hook", Answer.Of(200));
        await using var gone = new ScriptedServer().Always("POST", "/hook", Answer.Of(410));
        await using var hosted = await HostedScenario.StartAsync(engine, cloud, azurite.ConnectionString);
        hosted.Base.Options = hosted.Base.Options with
        {
            Notify = [.. new[] { good, gone }.Select(server => new NotifyOptions { Url = new Secret(new Uri(server.Url, "hook").AbsoluteUri) })],
        };
        hosted.Base.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");

        var (execution, summary) = await hosted.RunAsync(First);

        Assert.Equal(1, summary.Outcomes[OutcomeKind.Published]);
        Assert.EndsWith("EndRun TellReceiver TellReceiver WarnInReport", execution.Told, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"imgsync.run.published\"", Assert.Single(good.Requests).Text, StringComparison.Ordinal);
        Assert.StartsWith(
            $"Cannot tell notify[1] (cloudevents at {gone.Url.Authority}): it answered 410 Gone",
            Assert.Single((await hosted.ReportAsync(First))!.Warnings!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_distribution_that_the_catalogue_has_not_fails_alone_and_names_the_nearest()
    {
        await using var hosted = await HostedScenario.StartAsync(engine, cloud, azurite.ConnectionString);
        hosted.Base.Options = hosted.Base.Options with { Distributions = ["debain12", "debian12", "nonsense"] };
        hosted.Base.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");

        var (_, summary) = await hosted.RunAsync(First);

        Assert.Equal((1, 2), (summary.Outcomes[OutcomeKind.Published], summary.Outcomes[OutcomeKind.Failed]));
        var outcomes = (await hosted.ReportAsync(First))!.Outcomes.ToDictionary(outcome => outcome.Distribution, StringComparer.Ordinal);
        Assert.Equal("There is no distribution debain12; did you mean debian12?", outcomes["debain12"].Reason);
        Assert.Equal("There is no distribution nonsense; it must be one of those that imgsync list shows.", outcomes["nonsense"].Reason);
        Assert.Single(await hosted.Base.ImagesAsync());
    }

    [Fact]
    public async Task A_run_that_finds_everything_in_place_moves_nothing_and_the_lock_is_free_afterwards()
    {
        await using var hosted = await HostedScenario.StartAsync(engine, cloud, azurite.ConnectionString);
        hosted.Base.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await hosted.RunAsync(First);
        var moved = hosted.Base.Upstream.ImageBytes;

        var (_, summary) = await hosted.RunAsync(Second);

        Assert.Equal(1, summary.Outcomes[OutcomeKind.UpToDate]);
        Assert.Equal(moved, hosted.Base.Upstream.ImageBytes);
        Assert.Equal(
            RunId.Parse("third"), await new BlobRunLock(hosted.Container).AcquireAsync(
                RunId.Parse("third"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_image_whose_budget_is_spent_is_fetched_from_where_it_ended_and_proven_over_every_byte()
    {
        await using var hosted = await HostedScenario.StartAsync(engine, cloud, azurite.ConnectionString);
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        hosted.Base.Time = time;
        var image = hosted.Base.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Large);
        var halfWay = hosted.StopHalfWay();

        var run = hosted.RunAsync(First);
        await halfWay.ReachedAsync(run);
        time.Advance(hosted.Base.Options.Workflow.ActivityBudget);
        halfWay.Release();
        var (execution, summary) = await run;

        Assert.Equal([false, true], execution.Inputs<SyncWork>().Select(work => work.StagedFirst));
        Assert.Equal(1, summary.Outcomes[OutcomeKind.Published]);
        var resumed = Assert.Single(hosted.Base.Upstream.Requests, request => request.IsImage && request.Range is not null);
        Assert.Equal(206, resumed.Status);
        Assert.InRange(resumed.BytesSent, 1, image.Length - HalfWay.Staged);
        Assert.Equal(
            image.Sha512.Hex, Convert.ToHexStringLower(
                SHA512.HashData(await hosted.Base.DownloadAsync(Assert.Single(await hosted.Base.ImagesAsync())))));
        Assert.Equal(image.Length, Assert.Single((await hosted.ReportAsync(First))!.Outcomes).BytesDownloaded);
    }

    [Fact]
    public async Task A_round_that_takes_a_whole_budget_to_read_again_what_is_kept_brings_new_bytes_all_the_same()
    {
        await using var hosted = await HostedScenario.StartAsync(engine, cloud, azurite.ConnectionString);
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        hosted.Base.Time = time;
        var image = hosted.Base.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Large);
        var halfWay = hosted.StopHalfWay();

        var run = hosted.RunAsync(First);
        await halfWay.ReachedAsync(run);
        var reading = hosted.HoldReadingOfKept();
        time.Advance(hosted.Base.Options.Workflow.ActivityBudget);
        halfWay.Release();
        await reading.Reached;
        time.Advance(2 * hosted.Base.Options.Workflow.ActivityBudget);
        reading.Release();
        var (execution, summary) = await run;

        Assert.Equal([false, true], execution.Inputs<SyncWork>().Select(work => work.StagedFirst));
        Assert.Equal(1, summary.Outcomes[OutcomeKind.Published]);
        Assert.Equal(image.Length, Assert.Single((await hosted.ReportAsync(First))!.Outcomes).BytesDownloaded);
    }

    [Fact]
    public async Task The_bytes_of_an_attempt_that_failed_stand_in_the_report_with_those_of_the_next()
    {
        await using var hosted = await HostedScenario.StartAsync(engine, cloud, azurite.ConnectionString);
        var image = hosted.Base.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Large);
        hosted.Base.Options = hosted.Base.Options with { Workflow = hosted.Base.Options.Workflow with { Attempts = 2 } };
        hosted.CutNextUpload(afterBytes: 1 << 20);

        var (execution, summary) = await hosted.RunAsync(First);

        var outcome = Assert.Single((await hosted.ReportAsync(First))!.Outcomes);
        Assert.Equal(2, execution.Inputs<SyncWork>().Count());
        Assert.Equal(1, summary.Outcomes[OutcomeKind.Published]);
        Assert.Equal(image.Length, outcome.BytesDownloaded);
        Assert.InRange(outcome.BytesUploaded, image.Length + (1 << 20), 2 * image.Length);
    }

    [Fact]
    public async Task An_activity_of_a_run_that_was_cancelled_while_it_waited_in_the_queue_begins_with_nothing()
    {
        await using var hosted = await HostedScenario.StartAsync(engine, cloud, azurite.ConnectionString);
        hosted.Base.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await new RunNotes(new BlobDocumentStore(hosted.Container)).CancelAsync(First, TestContext.Current.CancellationToken);

        await hosted.RunAsync(First);

        var outcome = Assert.Single((await hosted.ReportAsync(First))!.Outcomes);
        Assert.Equal(("cancelled", "The run was cancelled before it came to this image."), (outcome.Failure, outcome.Reason));
        Assert.Empty(hosted.Base.Upstream.Requests);
    }

    [Fact]
    public async Task A_run_that_has_lost_its_lock_publishes_nothing_and_prunes_nothing()
    {
        await using var hosted = await HostedScenario.StartAsync(engine, cloud, azurite.ConnectionString);
        hosted.Base.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Large);
        var halfWay = hosted.StopHalfWay();

        var run = hosted.RunAsync(First);
        await halfWay.ReachedAsync(run);
        await hosted.LoseLockAsync(toRun: Second);
        halfWay.Release();
        await run;

        var report = await hosted.ReportAsync(First);
        var outcome = Assert.Single(report!.Outcomes);
        Assert.Equal((OutcomeKind.Failed, "run-lock-lost"), (outcome.Kind, outcome.Failure));
        Assert.Contains(Second.ToString(), Assert.Single(report.Pruning.Failures), StringComparison.Ordinal);
        Assert.Empty(await hosted.Base.ImagesAsync());
        Assert.Equal(
            Second, await new BlobRunLock(hosted.Container).AcquireAsync(RunId.Parse("third"), TestContext.Current.CancellationToken));
    }

    [Fact]
    [Shows("bytes-that-are-not-the-published-ones-are-visible-neither-in-staging-nor-in-glance")]
    public async Task Bytes_that_are_not_the_published_ones_are_visible_neither_in_staging_nor_in_Glance()
    {
        await using var hosted = await HostedScenario.StartAsync(engine, cloud, azurite.ConnectionString);
        hosted.Base.Tree.PublishWrongDigest(hosted.Base.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811"));

        await hosted.RunAsync(First);

        Assert.Equal("wrong-digest", Assert.Single((await hosted.ReportAsync(First))!.Outcomes).Failure);
        Assert.Empty(await hosted.StagedAsync());
        Assert.Empty(await hosted.Base.ImagesAsync());
    }

    [Fact]
    public async Task A_second_cloud_reads_the_staged_copy_and_upstream_is_asked_for_the_bytes_once()
    {
        await using var hosted = await HostedScenario.StartAsync(engine, cloud, azurite.ConnectionString);
        var other = await DevCloudProject.CreateAsync(cloud, TestContext.Current.CancellationToken);
        hosted.Base.Options = hosted.Base.Options with { Clouds = [hosted.Base.Cloud, other with { Name = "other" }] };
        var image = hosted.Base.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");

        var (execution, summary) = await hosted.RunAsync(First);

        Assert.Equal(2, summary.Outcomes[OutcomeKind.Published]);
        Assert.Equal(["devcloud", "other"], execution.Inputs<SyncWork>().Select(work => work.Cloud));
        Assert.Equal(image.Length, hosted.Base.Upstream.ImageBytes);
        await DeleteAllAsync(hosted.Base.Options.Publish.Prefix);
    }

    [Fact]
    public async Task A_publisher_is_asked_once_however_many_clouds_there_are_and_whether_or_not_anything_is_to_do()
    {
        await using var hosted = await HostedScenario.StartAsync(engine, cloud, azurite.ConnectionString);
        var other = await DevCloudProject.CreateAsync(cloud, TestContext.Current.CancellationToken);
        hosted.Base.Options = hosted.Base.Options with { Clouds = [hosted.Base.Cloud, other with { Name = "other" }] };
        hosted.Base.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");

        await hosted.RunAsync(First);
        Assert.Single(hosted.Base.Upstream.Requests, request => request.Path.EndsWith("/SHA512SUMS", StringComparison.Ordinal));
        var before = hosted.Base.Upstream.Requests.Count;
        var (_, summary) = await hosted.RunAsync(Second);

        Assert.Equal(2, summary.Outcomes[OutcomeKind.UpToDate]);
        Assert.Equal(1, hosted.Base.Upstream.Requests.Count - before);
        await DeleteAllAsync(hosted.Base.Options.Publish.Prefix);
    }

    [Fact]
    public async Task A_cloud_that_refuses_us_leaves_the_download_to_the_next_one_and_is_told_in_the_report()
    {
        await using var hosted = await HostedScenario.StartAsync(engine, cloud, azurite.ConnectionString);
        var good = hosted.Base.Cloud;
        hosted.Base.Options = hosted.Base.Options with
        {
            Clouds = [good with { Name = "refusing", Auth = good.Auth with { Password = new Secret("not-the-password") } }, good],
        };
        var image = hosted.Base.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");

        await hosted.RunAsync(First);

        var report = (await hosted.ReportAsync(First))!;
        Assert.Equal(["refusing Failed", "devcloud Published"], report.Outcomes.Select(outcome => $"{outcome.Cloud} {outcome.Kind}"));
        Assert.Contains("401", report.Outcomes[0].Reason, StringComparison.Ordinal);
        Assert.Contains("refusing", Assert.Single(report.Pruning.Failures), StringComparison.Ordinal);
        Assert.Equal(image.Length, hosted.Base.Upstream.ImageBytes);
    }

    /// <summary>The scenario cleans up in its own project only.</summary>
    private async Task DeleteAllAsync(string prefix)
    {
        using var admin = await cloud.ProbeAsync(TestContext.Current.CancellationToken);
        await admin.ClearAsync(prefix, TestContext.Current.CancellationToken);
    }
}

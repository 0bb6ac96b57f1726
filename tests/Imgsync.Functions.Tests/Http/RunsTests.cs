using Azure.Storage.Blobs;
using Grpc.Core;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging.Blobs;
using Imgsync.Core.Staging.Folders;
using Imgsync.Functions.Workflow;
using Imgsync.Testing.Http;
using Microsoft.DurableTask.Client;

namespace Imgsync.Functions.Tests.Http;

public sealed class RunsTests : IDisposable
{
    private const string NewerRun = "20240717T181100Z-3f9a";

    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Before_the_first_run_there_is_nothing_to_tell()
    {
        var response = await _app.StatusAsync();

        Assert.Equal((200, "{}"), (response.Status, response.Text));
    }

    [Fact]
    public async Task The_status_is_what_is_under_way_and_the_last_report()
    {
        await SaveReportAsync(TestApp.OlderRun);
        UnderWay(NewerRun);

        var response = await _app.StatusAsync();

        Assert.Equal(NewerRun, response.Json.GetProperty("underWay").GetProperty("run").GetString());
        Assert.Equal(TestApp.OlderRun, response.Json.GetProperty("last").GetProperty("run").GetString());
    }

    [Fact]
    public async Task A_run_under_way_shows_its_progress()
    {
        UnderWay(NewerRun);

        var response = await _app.RunAsync(NewerRun);

        Assert.Equal((200, "under-way"), (response.Status, response.Json.GetProperty("state").GetString()));
        var progress = response.Json.GetProperty("progress");
        Assert.Equal((2, 1), (progress.GetProperty("total").GetInt32(), progress.GetProperty("done").GetInt32()));
        Assert.Equal("other-clouds", progress.GetProperty("distributions").GetProperty("debian12").GetString());
    }

    /// <summary>A Functions host hands on no details: what failed is the output, or nothing.</summary>
    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Failed, "\"Task 'EndRun' (#3) failed\"", "Task 'EndRun' (#3) failed")]
    [InlineData(OrchestrationRuntimeStatus.Failed, "{\"odd\":1}", "its host does not say why")]
    [InlineData(OrchestrationRuntimeStatus.Failed, null, "its host does not say why")]
    [InlineData(OrchestrationRuntimeStatus.Terminated, null, "its host does not say why")]
    public async Task A_run_that_failed_without_details_is_told_as_failed(OrchestrationRuntimeStatus status, string? output, string told)
    {
        _app.Client.Has(status, TestApp.StartOf(NewerRun), output: output);

        var (run, all) = (await _app.RunAsync(NewerRun), await _app.StatusAsync());

        Assert.Equal("failed", run.Json.GetProperty("state").GetString());
        Assert.Contains(told, run.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains(told, all.Json.GetProperty("failed").GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Nothing is asked of the store that did not take the report.</summary>
    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Running, "under-way")]
    [InlineData(OrchestrationRuntimeStatus.Completed, "failed")]
    public async Task A_run_whose_report_is_lost_says_so_with_what_it_did(OrchestrationRuntimeStatus status, string state)
    {
        const string Lost = "The run's report is not stored: Writing reports/last.json failed.";
        _app.Client.Has(status, TestApp.StartOf(NewerRun), new RunStatus(
            RunId.Parse(NewerRun), RunPhase.Ended, Total: 1, Done: 1, new Dictionary<OutcomeKind, int> { [OutcomeKind.Published] = 1 },
            new Dictionary<string, DistributionStage>(StringComparer.Ordinal) { ["debian12"] = DistributionStage.Done }, Omitted: 0)
        {
            Lost = Lost,
        });
        var all = await _app.StatusAsync();
        _app.Reports = new ReportStore(new BlobDocumentStore(new BlobContainerClient(new Uri("http://127.0.0.1:1/imgsync/container"))));

        var run = await _app.RunAsync(NewerRun);

        var ended = status is OrchestrationRuntimeStatus.Completed;
        Assert.Equal((200, state), (run.Status, run.Json.GetProperty("state").GetString()));
        Assert.Equal(ended, run.Json.TryGetProperty("error", out var error));
        Assert.Equal(ended ? Lost : null, ended ? error.GetString() : null);
        Assert.Equal(Lost, run.Json.GetProperty("progress").GetProperty("lost").GetString());
        Assert.Equal(1, run.Json.GetProperty("progress").GetProperty("outcomes").GetProperty("published").GetInt32());
        Assert.Equal(state, all.Json.GetProperty(ended ? "failed" : "underWay").GetProperty("state").GetString());
        Assert.Equal(ended, run.Http.Headers.RetryAfter.Count is 0);
    }

    [Fact]
    public async Task A_run_that_has_ended_shows_its_report_however_long_ago_it_was()
    {
        await SaveReportAsync(TestApp.OlderRun);
        await SaveReportAsync(NewerRun);

        var response = await _app.RunAsync(TestApp.OlderRun);

        Assert.Equal((200, "ended"), (response.Status, response.Json.GetProperty("state").GetString()));
        Assert.Equal(TestApp.OlderRun, response.Json.GetProperty("report").GetProperty("run").GetString());
    }

    [Fact]
    public async Task A_run_that_could_not_even_plan_says_why()
    {
        _app.Client.Has(OrchestrationRuntimeStatus.Failed, TestApp.StartOf(NewerRun), failure: "No cloud is configured.");

        var response = await _app.RunAsync(NewerRun);

        Assert.Equal("failed", response.Json.GetProperty("state").GetString());
        Assert.Equal("No cloud is configured.", response.Json.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("20991231T000000Z-ffff")]
    [InlineData("../../etc/passwd")]
    [InlineData("..")]
    [InlineData("last.json")]
    public async Task A_run_that_never_was_is_not_found(string id)
    {
        await SaveReportAsync(TestApp.OlderRun);

        var shown = await _app.RunAsync(id);
        var cancelled = await _app.CancelAsync(id);

        Assert.Equal((404, 404), (shown.Status, cancelled.Status));
        Assert.Equal("application/problem+json", shown.Http.ContentType);
    }

    [Fact]
    public async Task Cancelling_a_run_under_way_is_told_to_that_run_only()
    {
        UnderWay(NewerRun);

        var response = await _app.CancelAsync(NewerRun);

        Assert.Equal(202, response.Status);
        Assert.Equal($"/api/runs/{NewerRun}", response.Http.Headers.Location);
        Assert.Equal((SyncOrchestrator.InstanceId, RunCancellation.Event, (object)NewerRun), Assert.Single(_app.Client.Raised));
    }

    [Fact]
    public async Task A_run_that_has_ended_cannot_be_cancelled()
    {
        await SaveReportAsync(TestApp.OlderRun);
        UnderWay(NewerRun);

        var response = await _app.CancelAsync(TestApp.OlderRun);

        Assert.Equal(409, response.Status);
        Assert.Empty(_app.Client.Raised);
    }

    [Fact]
    public async Task What_an_older_version_left_as_its_status_is_no_reason_to_fail()
    {
        _app.Client.Has(OrchestrationRuntimeStatus.Running, TestApp.StartOf(NewerRun), customStatus: "words");

        var response = await _app.RunAsync(NewerRun);

        Assert.Equal(200, response.Status);
    }

    [Fact]
    public async Task Reports_that_cannot_be_read_now_are_an_answer_and_no_crash()
    {
        var options = new BlobClientOptions { Retry = { MaxRetries = 0 } };
        _app.Reports = new ReportStore(
            new BlobDocumentStore(new BlobContainerClient(new Uri("http://127.0.0.1:1/imgsync/container"), options)));

        Response[] responses = [await _app.StatusAsync(), await _app.RunAsync(NewerRun), await _app.CancelAsync(NewerRun)];

        Assert.All(responses, response =>
        {
            Assert.Equal((503, "application/problem+json"), (response.Status, response.Http.ContentType));
            Assert.Contains("does not answer", response.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        });
    }

    public static TheoryData<Exception> OfAStorageThatIsAway =>
    [
        new RpcException(new Status(StatusCode.Unknown, "Exception was thrown by handler.")),
        new RpcException(new Status(StatusCode.Unavailable, "")),
        new Azure.RequestFailedException(0, "Connection refused"),
        new AggregateException(new Azure.RequestFailedException(503, "Server busy"), new HttpRequestException("Connection refused")),
        new TimeoutException(),
    ];

    [Theory]
    [MemberData(nameof(OfAStorageThatIsAway))]
    public async Task While_the_task_hubs_storage_is_away_every_route_says_when_to_come_back(Exception failure)
    {
        _app.Client.Look = () => throw failure;

        Response[] responses =
            [await _app.StatusAsync(), await _app.RunAsync(NewerRun), await _app.CancelAsync(NewerRun), await _app.ResyncAsync()];

        Assert.All(responses, response =>
        {
            Assert.Equal(
                (503, "application/problem+json", "30"),
                (response.Status, response.Http.ContentType, response.Http.Headers.RetryAfter.ToString()));
            Assert.DoesNotContain(failure.Message is "" ? "RpcException" : failure.Message, response.Text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_task_hub_that_never_answers_is_not_waited_for_without_end()
    {
        _app.Client.Look = () => new TaskCompletionSource<OrchestrationMetadata?>().Task;

        var answering = _app.StatusAsync();
        _app.Time.Advance(TimeSpan.FromSeconds(21));
        var response = await answering;

        Assert.Equal(503, response.Status);
    }

    [Fact]
    public async Task What_nobody_foresaw_is_an_answer_too_and_stands_in_the_log_only()
    {
        _app.Client.Look = () => throw new InvalidOperationException("internals");

        var response = await _app.StatusAsync();

        Assert.Equal((500, "application/problem+json"), (response.Status, response.Http.ContentType));
        Assert.DoesNotContain("internals", response.Text, StringComparison.Ordinal);
        Assert.Contains(
            _app.Log.Lines, line =>
                line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("internals", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Images_that_wait_in_the_engines_queue_are_told_from_those_at_work()
    {
        using var app = new TestApp(
            new ImgsyncOptions { Distributions = ["debian12"], Clouds = [new CloudOptions { Name = "east" }], MaxParallel = 4 });
        app.Client.Has(OrchestrationRuntimeStatus.Running, TestApp.StartOf(NewerRun), InFlight("east", "west"));
        await app.Notes.StartAsync(new SyncWork("debian12", "east", RunId.Parse(NewerRun)), TestContext.Current.CancellationToken);

        var queued = (await app.RunAsync(NewerRun)).Json.GetProperty("queued");

        Assert.Equal("west", Assert.Single(queued.EnumerateArray()).GetProperty("cloud").GetString());
    }

    [Fact]
    public async Task Where_an_instance_works_on_as_many_at_once_as_a_run_has_in_flight_none_is_queued()
    {
        using var app = new TestApp(
            new ImgsyncOptions { Distributions = ["debian12"], Clouds = [new CloudOptions { Name = "east" }], MaxParallel = 2 });
        app.Client.Has(OrchestrationRuntimeStatus.Running, TestApp.StartOf(NewerRun), InFlight("east", "west"));

        var response = await app.RunAsync(NewerRun);

        Assert.Empty(response.Json.GetProperty("queued").EnumerateArray());
    }

    [Fact]
    public async Task A_cancelled_run_is_told_to_activities_that_have_not_begun_too()
    {
        UnderWay(NewerRun);

        await _app.CancelAsync(NewerRun);

        Assert.True(await _app.Notes.IsCancelledAsync(RunId.Parse(NewerRun), TestContext.Current.CancellationToken));
        Assert.False(await _app.Notes.IsCancelledAsync(RunId.Parse(TestApp.OlderRun), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Reports_that_may_not_be_read_are_told_as_a_fault_of_the_app()
    {
        await using var storage = new ScriptedServer();
        storage.Always(
            "GET", "/imgsync/container/reports/last.json", Imgsync.Testing.Http.Answer.Of(403).With(
                "x-ms-error-code", "AuthorizationPermissionMismatch"));
        _app.Reports = new ReportStore(new BlobDocumentStore(new BlobContainerClient(new Uri(storage.Url, "imgsync/container"))));

        var response = await _app.StatusAsync();

        Assert.Equal(500, response.Status);
        Assert.Contains("Storage Blob Data Contributor", response.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_that_somebody_damaged_is_told_and_no_crash()
    {
        var store = new FolderDocumentStore(Directory.CreateTempSubdirectory("imgsync-reports-").FullName);
        await store.SaveAsync("reports/last.json", "{ \"Run\": "u8.ToArray(), TestContext.Current.CancellationToken);
        _app.Reports = new ReportStore(store);

        var response = await _app.StatusAsync();

        Assert.Equal(500, response.Status);
        Assert.Contains(
            "reports/last.json failed: it is no report", response.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static RunStatus InFlight(params string[] clouds) => new(
        RunId.Parse(
            NewerRun),
                RunPhase.Syncing, Total: 2, Done: 0, new Dictionary<OutcomeKind, int>(), new Dictionary<string, DistributionStage>(
                    StringComparer.Ordinal), Omitted: 0)
    {
        InFlight = [.. clouds.Select(cloud => new InFlight("debian12", cloud))],
    };

    private void UnderWay(string run) => _app.Client.Has(OrchestrationRuntimeStatus.Running, TestApp.StartOf(run), new RunStatus(
        RunId.Parse(run),
        RunPhase.Syncing,
        Total: 2,
        Done: 1,
        new Dictionary<OutcomeKind, int> { [OutcomeKind.Published] = 1 },
        new Dictionary<string, DistributionStage>(StringComparer.Ordinal) { ["debian12"] = DistributionStage.OtherClouds },
        Omitted: 0));

    private Task SaveReportAsync(string run) => _app.Reports.SaveAsync(
        new SyncReport(
            RunId.Parse(
                run), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, DryRun: false, [], PruneReport.Nothing),
                    TestContext.Current.CancellationToken);
}

using System.Diagnostics.Metrics;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Imgsync.Core.Configuration;
using Imgsync.Core.Notify;
using Imgsync.Core.Pruning;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Staging.Blobs;
using Imgsync.Core.Sync;
using Imgsync.Core.Telemetry;
using Imgsync.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace Imgsync.Core.Tests.Sync;

/// <summary>The steps of a run and the lock they hold, on real blob storage and with a clock that the tests wind.</summary>
public sealed class RunStepsTests(Azurite azurite) : IClassFixture<Azurite>, IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly string _container = Azurite.UniqueContainer();
    private readonly List<ServiceProvider> _machines = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private BlobContainerClient Container => new(azurite.ConnectionString, _container);

    public async ValueTask DisposeAsync()
    {
        foreach (var machine in _machines)
            await machine.DisposeAsync();
    }

    [Fact]
    public async Task A_step_at_work_renews_the_lock_three_times_a_minute()
    {
        var (steps, runLock) = Machine();

        await using (await steps.HoldAsync(RunId.Parse("a"), Cancel))
        {
            for (var renewals = 1; renewals <= 3; renewals++)
                await PassAsync(TimeSpan.FromSeconds(20), () => runLock.Renewals >= renewals);
        }

        Assert.Equal(3, runLock.Renewals);
    }

    [Fact]
    public async Task A_step_that_has_ended_renews_no_more()
    {
        var (steps, runLock) = Machine();
        await (await steps.HoldAsync(RunId.Parse("a"), Cancel)).DisposeAsync();

        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(0, runLock.Renewals);
    }

    [Fact]
    public async Task A_storage_service_that_is_away_for_one_renewal_is_asked_again()
    {
        var (steps, runLock) = Machine();
        runLock.FailNext = true;

        await using (await steps.HoldAsync(RunId.Parse("a"), Cancel))
        {
            await PassAsync(TimeSpan.FromSeconds(20), () => !runLock.FailNext);
            await PassAsync(TimeSpan.FromSeconds(20), () => runLock.Renewals == 1);
        }

        Assert.Equal(1, runLock.Renewals);
    }

    [Fact]
    public async Task The_next_step_may_run_on_another_machine_and_takes_the_lock_again()
    {
        var ((first, _), (second, _)) = (Machine(), Machine());
        await first.PlanAsync(RunId.Parse("a"), new RunRequest(), Cancel);

        await using var hold = await second.HoldAsync(RunId.Parse("a"), Cancel);
        await hold.RequireAsync(Cancel);
    }

    [Fact]
    public async Task A_step_of_a_run_whose_lock_is_somebody_elses_does_not_begin()
    {
        var (steps, _) = Machine();
        await steps.PlanAsync(RunId.Parse("a"), new RunRequest(), Cancel);
        await Container.GetBlobClient("run.lock").GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: Cancel);
        await new BlobRunLock(Container).AcquireAsync(RunId.Parse("b"), Cancel);

        var underWay = await Assert.ThrowsAsync<RunUnderWayException>(
            () => steps.PruneAsync(RunId.Parse("a"), [], parts: [], dryRun: false, Cancel));

        Assert.Equal(RunId.Parse("b"), underWay.Holder);
    }

    [Fact]
    public async Task A_run_that_ends_after_it_lost_its_lock_leaves_the_other_run_alone()
    {
        var (steps, _) = Machine();
        await steps.PlanAsync(RunId.Parse("a"), new RunRequest(), Cancel);
        await Container.GetBlobClient("run.lock").GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: Cancel);
        await new BlobRunLock(Container).AcquireAsync(RunId.Parse("b"), Cancel);

        await steps.EndAsync(RunId.Parse("a"), report: null, parts: [], Cancel);

        Assert.True(await new BlobRunLock(Container).RenewAsync(RunId.Parse("b"), Cancel));
    }

    [Fact]
    public async Task A_run_that_cannot_be_planned_takes_no_lock()
    {
        var (steps, _) = Machine();

        await Assert.ThrowsAsync<ConfigurationException>(
            () => steps.PlanAsync(RunId.Parse("a"), new RunRequest { Distributions = ["debian99"] }, Cancel));

        Assert.Equal(RunId.Parse("b"), await new BlobRunLock(Container).AcquireAsync(RunId.Parse("b"), Cancel));
    }

    [Fact]
    public async Task The_first_step_names_the_installation_before_two_machines_could_do_so()
    {
        await Machine().Steps.PlanAsync(RunId.Parse("a"), new RunRequest(), Cancel);

        var store = new BlobDocumentStore(Container);
        var names = await Task.WhenAll(new Installation(store).NameAsync(Cancel), new Installation(store).NameAsync(Cancel));

        Assert.Equal(names[0], names[1]);
    }

    [Fact]
    public async Task A_report_that_is_stored_twice_is_one_report()
    {
        var (steps, _) = Machine();
        var report = new SyncReport(
            RunId.Parse("a"), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, DryRun: false, [], PruneReport.Nothing);

        await steps.EndAsync(RunId.Parse("a"), report, parts: [], Cancel);
        await steps.EndAsync(RunId.Parse("a"), report, parts: [], Cancel);

        var reports = await Container.GetBlobsAsync(cancellationToken: Cancel).Select(blob => blob.Name).Where(
            name => name.StartsWith("reports/", StringComparison.Ordinal)).ToListAsync(Cancel);
        Assert.Equal(["reports/a.json", "reports/last.json", "reports/standing.json"], reports);
    }

    [Fact]
    public async Task A_long_runs_outcomes_are_kept_in_parts_and_its_report_has_them_all()
    {
        var (steps, _) = Machine();
        var report = new SyncReport(
            RunId.Parse(
                "a"), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, DryRun: false, [Outcome("ubuntu24")], PruneReport.Nothing);

        await steps.StoreAsync(RunId.Parse("a"), part: 2, [Outcome("debian13")], Cancel);
        await steps.StoreAsync(RunId.Parse("a"), part: 1, [Outcome("debian11"), Outcome("debian12")], Cancel);
        await steps.EndAsync(RunId.Parse("a"), report, parts: [2, 1], Cancel);

        var stored = await new ReportStore(new BlobDocumentStore(Container)).FindAsync(RunId.Parse("a"), Cancel);
        Assert.Equal("debian11 debian12 debian13 ubuntu24", string.Join(' ', stored!.Outcomes.Select(outcome => outcome.Distribution)));
    }

    [Fact]
    public async Task A_report_whose_parts_are_gone_is_not_stored_without_them()
    {
        var (steps, _) = Machine();
        var report = new SyncReport(
            RunId.Parse("a"), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, DryRun: false, [], PruneReport.Nothing);

        var gone = await Assert.ThrowsAsync<StagingException>(() => steps.EndAsync(RunId.Parse("a"), report, parts: [1], Cancel));

        Assert.Contains("reports/a/0001.json", gone.Message, StringComparison.Ordinal);
        Assert.Null(await new ReportStore(new BlobDocumentStore(Container)).FindAsync(RunId.Parse("a"), Cancel));
    }

    [Fact]
    public async Task What_cannot_be_done_after_the_report_is_stored_is_a_warning_and_the_lock_is_free()
    {
        var (steps, runLock) = Machine();
        await steps.PlanAsync(RunId.Parse("a"), new RunRequest(), Cancel);
        runLock.FailNext = true;

        var ended = await steps.EndAsync(RunId.Parse("a"), Report, parts: [], Cancel);

        Assert.EndsWith("until it runs out: The storage service does not answer.", ended.Warning, StringComparison.Ordinal);
        Assert.NotNull(await new ReportStore(new BlobDocumentStore(Container)).FindAsync(RunId.Parse("a"), Cancel));
        Assert.Equal(RunId.Parse("b"), await new BlobRunLock(Container).AcquireAsync(RunId.Parse("b"), Cancel));
    }

    /// <summary>The standing of images can be read and not written.</summary>
    [Fact]
    public async Task A_run_without_a_report_lets_the_next_one_start_also_where_the_store_does_not_take_why()
    {
        var (steps, _) = Machine();
        var standing = Container.GetBlobClient("reports/standing.json");
        await steps.PlanAsync(RunId.Parse("a"), new RunRequest(), Cancel);
        await standing.UploadAsync(new BinaryData("{}"), Cancel);
        await standing.GetBlobLeaseClient().AcquireAsync(BlobLeaseClient.InfiniteLeaseDuration, cancellationToken: Cancel);

        await Assert.ThrowsAsync<StagingUnavailableException>(() => steps.EndAsync(RunId.Parse("a"), "staging", "No.", Cancel));
        var next = await new BlobRunLock(Container).AcquireAsync(RunId.Parse("b"), Cancel);
        using var listener = new MeterListener();
        var results = Results(listener);
        var ended = await steps.EndLostAsync(
            Report with { Outcomes = [Outcome("debian12")] }, parts: [1],
            new RunFailure(RunId.Parse("a"), _time.GetUtcNow(), "staging", "No."), Cancel);

        Assert.Equal((RunId.Parse("b"), true, null), (next, ended.IsUnkept, ended.Warning));
        Assert.Equal(["failed"], results);

        // A dry run tells nobody, so there is nothing to keep.
        var dry = await steps.EndLostAsync(
            Report with { DryRun = true }, parts: [], new RunFailure(RunId.Parse("a"), _time.GetUtcNow(), "staging", "No."), Cancel);
        Assert.Equal((false, 1), (dry.IsUnkept, results.Count));
    }

    [Fact]
    public async Task Clouds_that_the_clean_up_had_no_time_for_are_left_to_the_next_run_by_name()
    {
        Machine();
        var pruner = _machines[^1].GetRequiredService<RunPruner>();

        await using var hold = new RunHold(new BlobRunLock(Container), RunId.Parse("a"), _time);

        var report = await pruner.PruneAsync(
            hold, [Outcome("debian12")], early: _ => null, dryRun: false, budget: new CancellationToken(canceled: true), Cancel);

        Assert.Empty(report.Actions);
        Assert.Equal(
            "Cleaning up east was left out: the activity budget was spent on other clouds; the next run goes on.", Assert.Single(
                report.Failures));
    }

    private static SyncReport Report =>
        new(RunId.Parse("a"), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, DryRun: false, [], PruneReport.Nothing);

    private static ImageOutcome Outcome(string distribution) =>
        new() { Distribution = distribution, Cloud = "east", Kind = OutcomeKind.UpToDate, Reason = "up to date" };

    /// <summary>How the runs end that the latest machine counts from now on.</summary>
    private List<string> Results(MeterListener listener)
    {
        var results = new List<string>();
        var measurements = _machines[^1].GetRequiredService<Measurements>();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Scope == measurements && instrument.Name == TelemetryNames.Runs)
                listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => results.Add((string)tags[0].Value!));
        listener.Start();
        return results;
    }

    private (RunSteps Steps, WatchedRunLock Lock) Machine()
    {
        var options = new ImgsyncOptions
        {
            Distributions = ["debian12"],
            Clouds = [new CloudOptions { Name = "east" }],
            Staging = new StagingOptions { ConnectionString = new Secret(azurite.ConnectionString), Container = _container },
        };
        var runLock = new WatchedRunLock(new BlobRunLock(Container));
        var machine = new ServiceCollection().AddLogging()
            .AddSingleton<TimeProvider>(_time)
            .AddImgsync(options, stagingFolder: "")
            .Replace(ServiceDescriptor.Singleton<IRunLock>(runLock))
            .BuildServiceProvider();
        _machines.Add(machine);
        return (machine.GetRequiredService<RunSteps>(), runLock);
    }

    /// <summary>Lets time pass, and then whoever waited for it get on.</summary>
    private Task PassAsync(TimeSpan duration, Func<bool> until)
    {
        _time.Advance(duration);
        return Eventually.TrueAsync($"whoever waited for {duration} got on", until);
    }

    /// <summary>The real lock, and somebody who counts.</summary>
    private sealed class WatchedRunLock(IRunLock inner) : IRunLock
    {
        /// <summary>Those that succeeded.</summary>
        public int Renewals { get; private set; }

        public bool FailNext { get; set; }

        public Task<RunId> AcquireAsync(RunId run, CancellationToken cancellationToken) => inner.AcquireAsync(run, cancellationToken);

        public async Task<bool> RenewAsync(RunId run, CancellationToken cancellationToken)
        {
            if (FailNext)
            {
                FailNext = false;
                throw new StagingUnavailableException("The storage service does not answer.");
            }

            var held = await inner.RenewAsync(run, cancellationToken);
            Renewals += held ? 1 : 0;
            return held;
        }

        public Task ReleaseAsync(RunId run, CancellationToken cancellationToken) => inner.ReleaseAsync(run, cancellationToken);
    }
}

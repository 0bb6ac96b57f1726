using Imgsync.Core;
using Imgsync.Core.Content;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Upstream;
using Imgsync.Functions.Tests.Engine;
using Imgsync.Functions.Workflow;

namespace Imgsync.Functions.Tests;

public sealed class SyncOrchestratorTests(WorkflowEngine engine)
{
    [Fact]
    public async Task A_run_plans_syncs_prunes_and_reports_in_that_order()
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1);

        await scenario.RunAsync();

        Assert.Equal("PlanRun SyncDistribution PruneSuperseded EndRun", scenario.Execution.Told);
    }

    [Fact]
    public async Task Every_distribution_is_synced_to_every_cloud_by_an_activity_of_its_own()
    {
        var scenario = new Scenario(engine, distributions: 3, clouds: 2);

        var summary = await scenario.RunAsync();

        Assert.Equal(6, scenario.Tries.Count);
        Assert.Equal(6, scenario.Tries.Select(work => (work.Distribution, work.Cloud)).Distinct().Count());
        Assert.Equal(6, summary.Outcomes[OutcomeKind.Published]);
    }

    [Fact]
    public async Task The_other_clouds_wait_until_the_first_one_has_staged_the_image()
    {
        var scenario = new Scenario(engine, distributions: 2, clouds: 3);
        var first = new TaskCompletionSource();
        scenario.Sync = async work =>
        {
            if (work is { Distribution: "distribution0001", Cloud: "cloud1" })
                await first.Task;
            return Scenario.Published(work);
        };

        var run = await scenario.StartAsync();
        await run.StatusAsync(status => status.Distributions["distribution0002"] is DistributionStage.Done);
        var before = Clouds(scenario, "distribution0001");
        first.SetResult();
        await run.EndedAsync();

        Assert.Equal("cloud1", before);
        Assert.Equal("cloud1 cloud2 cloud3", Clouds(scenario, "distribution0001"));
    }

    [Theory]
    [InlineData(OutcomeKind.UpToDate)]
    [InlineData(OutcomeKind.Failed)]
    public async Task A_cloud_that_brings_no_bytes_leaves_the_download_to_the_next_one_alone(OutcomeKind kind)
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 4);
        var second = new TaskCompletionSource();
        scenario.Sync = async work =>
        {
            if (work.Cloud is "cloud2")
                await second.Task;
            return work.Cloud is "cloud1" ? Scenario.Published(work) with { Kind = kind, Content = null } : Scenario.Published(work);
        };

        var run = await scenario.StartAsync();
        await run.BegunAsync(call => call.Work.Cloud is "cloud2");
        var inFlight = (await run.StatusAsync(status => status.Done == 1)).InFlight;
        second.SetResult();
        await run.EndedAsync();

        Assert.Equal([new InFlight("distribution0001", "cloud2")], inFlight);
        Assert.Equal("cloud1 cloud2 cloud3 cloud4", Clouds(scenario, "distribution0001"));
    }

    [Fact]
    public async Task The_other_clouds_of_a_distribution_are_served_at_the_same_time()
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 3);
        var held = new HeldWork();
        scenario.Sync = work => work.Cloud is "cloud1" ? Task.FromResult(Scenario.Published(work)) : held.AddAsync(work);

        var run = await scenario.StartAsync();
        await held.AtWorkAsync(2);
        held.Release();
        held.Release();
        await run.EndedAsync();

        Assert.Equal(2, run.MostInFlight);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task No_more_activities_are_in_flight_than_the_plan_allows(int limit)
    {
        var scenario = new Scenario(engine, distributions: 9, clouds: 3, Scenario.Limits with { MaxParallel = limit });
        var held = scenario.Hold();

        var run = await scenario.StartAsync();
        await held.AtWorkAsync(limit);
        await held.ReleaseAllAsync(run.EndedAsync(), new Random(1));

        Assert.Equal(27, scenario.Report.Outcomes.Count);
        Assert.Equal(limit, run.MostInFlight);
    }

    [Fact]
    public async Task A_failed_image_is_its_own_outcome_and_stops_nobody_else()
    {
        var scenario = new Scenario(engine, distributions: 3, clouds: 2)
        {
            Sync = work => work is { Distribution: "distribution0002", Cloud: "cloud1" }
                ? throw new WrongDigestException("The bytes of Debian 12 are others than those that were published.")
                : Task.FromResult(Scenario.Published(work)),
        };

        var summary = await scenario.RunAsync();

        var failed = Assert.Single(scenario.Report.Outcomes, outcome => !outcome.IsGood);
        Assert.Equal(("distribution0002", "cloud1"), (failed.Distribution, failed.Cloud));
        Assert.Equal("The bytes of Debian 12 are others than those that were published.", failed.Reason);
        Assert.Equal(5, summary.Outcomes[OutcomeKind.Published]);
    }

    [Fact]
    public async Task Pruning_waits_for_every_image_and_is_followed_by_nothing_but_the_report()
    {
        var scenario = new Scenario(engine, distributions: 4, clouds: 2);
        var last = new TaskCompletionSource();
        scenario.Sync = async work =>
        {
            if (work is { Distribution: "distribution0004", Cloud: "cloud2" })
                await last.Task;
            return Scenario.Published(work);
        };

        var run = await scenario.StartAsync();
        await run.StatusAsync(status => status.Done == 7);
        var prunedEarly = run.Inputs<PruneWork>().Any();
        last.SetResult();
        await run.EndedAsync();

        Assert.False(prunedEarly);
        Assert.EndsWith("SyncDistribution PruneSuperseded EndRun", run.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pruning_is_told_how_every_image_ended_and_nothing_it_does_not_need()
    {
        var scenario = new Scenario(engine, distributions: 2, clouds: 2)
        {
            Sync = work => work is { Distribution: "distribution0001", Cloud: "cloud1" }
                ? throw new UpstreamException("Debian's list does not name the image.")
                : Task.FromResult(Scenario.Published(work)),
        };

        await scenario.RunAsync();

        var told = scenario.Execution.Inputs<PruneWork>().Single().Outcomes;
        Assert.Equal("Failed Published Published Published", string.Join(' ', told.Select(outcome => outcome.Kind).OrderDescending()));
        Assert.All(told, outcome => Assert.Equal((outcome.IsGood ? "20240717-1811" : null, ""), (outcome.Revision, outcome.Reason)));
    }

    [Fact]
    public async Task A_run_whose_pruning_fails_still_has_its_report()
    {
        var scenario = new Scenario(
            engine, distributions: 1, clouds: 1)
        { Prune = _ => throw new UpstreamException("Glance would not list its images.") };

        var summary = await scenario.RunAsync();

        Assert.Equal(1, summary.PruneFailures);
        Assert.Equal("Glance would not list its images.", Assert.Single(scenario.Report.Pruning.Failures));
        Assert.Equal(OutcomeKind.Published, Assert.Single(scenario.Report.Outcomes).Kind);
    }

    [Fact]
    public async Task A_run_that_cannot_be_planned_fails_with_its_fault_and_ends_all_the_same()
    {
        var scenario = new Scenario(
            engine, distributions: 1, clouds: 1)
        { Plan = () => throw new ConfigurationException("Cloud north is not configured.") };

        var failed = await Assert.ThrowsAsync<FailedRunException>(scenario.RunAsync);

        Assert.Equal("Cloud north is not configured.", failed.Message);
        Assert.Equal("PlanRun EndRun", scenario.Execution.Told);
        Assert.Null(Assert.Single(scenario.Execution.Inputs<RunEnd>()).Report);
    }

    [Fact]
    public async Task A_run_that_can_neither_be_planned_nor_ended_still_says_why_it_was_not_planned()
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1)
        {
            Plan = () => throw new ConfigurationException("Cloud north is not configured."),
            End = _ => throw new StagingException("The container is gone."),
        };

        var failed = await Assert.ThrowsAsync<FailedRunException>(scenario.RunAsync);

        Assert.Equal("Cloud north is not configured.", failed.Message);
    }

    [Fact]
    public async Task A_report_that_cannot_be_stored_now_is_stored_a_little_later()
    {
        var tries = 0;
        var scenario = new Scenario(engine, distributions: 1, clouds: 1)
        {
            End = _ => ++tries < 5 ? throw new StagingUnavailableException("The storage service does not answer.") : Task.CompletedTask,
        };

        var summary = await scenario.RunAsync();

        Assert.Equal((5, 1), (tries, summary.Outcomes[OutcomeKind.Published]));
    }

    [Fact]
    public async Task The_report_says_when_the_run_was_and_whether_it_was_dry()
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1, dryRun: true);
        var before = DateTimeOffset.UtcNow;

        await scenario.RunAsync();

        Assert.InRange(scenario.Report.StartedAt, before.AddSeconds(-1), DateTimeOffset.UtcNow);
        Assert.InRange(scenario.Report.FinishedAt, scenario.Report.StartedAt, DateTimeOffset.UtcNow);
        Assert.True(scenario.Report.DryRun);
        Assert.True(scenario.Tries.Single().DryRun);
        Assert.True(scenario.Execution.Inputs<PruneWork>().Single().DryRun);
    }

    [Fact]
    public async Task The_status_of_a_run_that_has_ended_has_nothing_in_flight()
    {
        var scenario = new Scenario(engine, distributions: 3, clouds: 2);

        await scenario.RunAsync();

        var status = await scenario.Execution.StatusAsync(status => status.Phase is RunPhase.Ended);
        Assert.Equal((6, 6), (status.Total, status.Done));
        Assert.Empty(status.InFlight);
    }

    private static string Clouds(Scenario scenario, string distribution) => string.Join(' ', scenario.Tries
        .Where(work => string.Equals(work.Distribution, distribution, StringComparison.Ordinal))
        .Select(work => work.Cloud)
        .Order(StringComparer.Ordinal));
}

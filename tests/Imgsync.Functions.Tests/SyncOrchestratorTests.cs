using Imgsync.Core.Configuration;
using Imgsync.Core.Integrity;
using Imgsync.Core.Staging;
using Imgsync.Core.Sync;
using Imgsync.Core.Upstream;
using Imgsync.Functions.Workflow;
using Microsoft.DurableTask;

namespace Imgsync.Functions.Tests;

public sealed class SyncOrchestratorTests
{
    [Fact]
    public async Task Every_distribution_is_synced_to_every_cloud_by_an_activity_of_its_own()
    {
        var scenario = new Scenario(distributions: 3, clouds: 2);

        var summary = await scenario.RunAsync();

        var synced = scenario.Context.Inputs<SyncWork>(nameof(SyncActivities.SyncDistribution)).Select(work => (work.Distribution, work.Cloud)).ToList();
        Assert.Equal(6, synced.Count);
        Assert.Equal(6, synced.Distinct().Count());
        Assert.Equal(6, summary.Outcomes[OutcomeKind.Published]);
    }

    [Fact]
    public async Task The_other_clouds_wait_until_the_first_one_has_staged_the_image()
    {
        var scenario = new Scenario(distributions: 2, clouds: 3);
        var first = new TaskCompletionSource();
        scenario.Sync = async (work, _) =>
        {
            if (work is { Distribution: "distribution0001", Cloud: "cloud1" })
                await first.Task;
            return Scenario.Published(work);
        };

        var run = scenario.RunAsync();
        var before = Clouds(scenario, "distribution0001");
        first.SetResult();
        await run;

        Assert.Equal("cloud1", before);
        Assert.Equal("cloud1 cloud2 cloud3", Clouds(scenario, "distribution0001"));
    }

    [Theory]
    [InlineData(OutcomeKind.UpToDate)]
    [InlineData(OutcomeKind.Failed)]
    public async Task A_cloud_that_brings_no_bytes_leaves_the_download_to_the_next_one_alone(OutcomeKind kind)
    {
        var scenario = new Scenario(distributions: 1, clouds: 4);
        var second = new TaskCompletionSource();
        scenario.Sync = async (work, _) =>
        {
            if (work.Cloud is "cloud2")
                await second.Task;
            return work.Cloud is "cloud1" ? Scenario.Published(work) with { Kind = kind, Content = null } : Scenario.Published(work);
        };

        var run = scenario.RunAsync();
        var before = Clouds(scenario, "distribution0001");
        second.SetResult();
        await run;

        Assert.Equal("cloud1 cloud2", before);
        Assert.Equal("cloud1 cloud2 cloud3 cloud4", Clouds(scenario, "distribution0001"));
    }

    [Fact]
    public async Task The_other_clouds_of_a_distribution_are_served_at_the_same_time()
    {
        var scenario = new Scenario(distributions: 1, clouds: 3);
        var others = new TaskCompletionSource();
        scenario.Sync = async (work, _) =>
        {
            if (work.Cloud is not "cloud1")
                await others.Task;
            return Scenario.Published(work);
        };

        var run = scenario.RunAsync();
        var inFlight = scenario.Context.InFlight;
        others.SetResult();
        await run;

        Assert.Equal(2, inFlight);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task No_more_activities_are_in_flight_than_the_plan_allows(int limit)
    {
        var scenario = new Scenario(distributions: 9, clouds: 3, Scenario.Limits with { MaxParallel = limit });
        var held = scenario.Hold();

        var run = scenario.RunAsync();
        while (!run.IsCompleted)
            held.Release(0);
        await run;

        Assert.Equal(27, scenario.Report.Outcomes.Count);
        Assert.Equal(limit, scenario.Context.MostInFlight);
    }

    [Fact]
    public async Task A_failed_image_is_its_own_outcome_and_stops_nobody_else()
    {
        var scenario = new Scenario(distributions: 3, clouds: 2);
        scenario.Sync = (work, _) => work is { Distribution: "distribution0002", Cloud: "cloud1" }
            ? throw new WrongDigestException("The bytes of Debian 12 are others than those that were published.")
            : Task.FromResult(Scenario.Published(work));

        var summary = await scenario.RunAsync();

        var failed = Assert.Single(scenario.Report.Outcomes, outcome => !outcome.IsGood);
        Assert.Equal(("distribution0002", "cloud1"), (failed.Distribution, failed.Cloud));
        Assert.Equal("The bytes of Debian 12 are others than those that were published.", failed.Reason);
        Assert.Equal(5, summary.Outcomes[OutcomeKind.Published]);
    }

    [Fact]
    public async Task Pruning_waits_for_every_image_and_is_followed_by_nothing_but_the_report()
    {
        var scenario = new Scenario(distributions: 4, clouds: 2);
        var last = new TaskCompletionSource();
        scenario.Sync = async (work, _) =>
        {
            if (work is { Distribution: "distribution0004", Cloud: "cloud2" })
                await last.Task;
            return Scenario.Published(work);
        };

        var run = scenario.RunAsync();
        var prunedEarly = scenario.Calls.Any(call => call.Name is nameof(SyncActivities.PruneSuperseded));
        last.SetResult();
        await run;

        Assert.False(prunedEarly);
        Assert.Equal("PruneSuperseded StoreReport EndRun", string.Join(' ', scenario.Calls.TakeLast(3).Select(call => call.Name)));
    }

    [Fact]
    public async Task Pruning_is_told_how_every_image_ended_and_nothing_it_does_not_need()
    {
        var scenario = new Scenario(distributions: 2, clouds: 2);
        scenario.Sync = (work, _) => work is { Distribution: "distribution0001", Cloud: "cloud1" }
            ? throw new UpstreamException("Debian's list does not name the image.")
            : Task.FromResult(Scenario.Published(work));

        await scenario.RunAsync();

        var told = scenario.Context.Inputs<PruneWork>(nameof(SyncActivities.PruneSuperseded)).Single().Outcomes;
        Assert.Equal("Failed Published Published Published", string.Join(' ', told.Select(outcome => outcome.Kind).OrderDescending()));
        Assert.All(told, outcome => Assert.Equal((outcome.IsGood ? "20240717-1811" : null, ""), (outcome.Revision, outcome.Reason)));
    }

    [Fact]
    public async Task A_run_whose_pruning_fails_still_has_its_report()
    {
        var scenario = new Scenario(distributions: 1, clouds: 1) { Prune = _ => throw new UpstreamException("Glance would not list its images.") };

        var summary = await scenario.RunAsync();

        Assert.Equal(1, summary.PruneFailures);
        Assert.Equal("Glance would not list its images.", Assert.Single(scenario.Report.Pruning.Failures));
        Assert.Equal(OutcomeKind.Published, Assert.Single(scenario.Report.Outcomes).Kind);
    }

    [Fact]
    public async Task A_run_that_cannot_be_planned_fails_with_its_fault_and_ends_all_the_same()
    {
        var scenario = new Scenario(distributions: 1, clouds: 1) { Plan = () => throw new ConfigurationException("Cloud north is not configured.") };

        var failed = await Assert.ThrowsAsync<TaskFailedException>(scenario.RunAsync);

        Assert.Equal("Cloud north is not configured.", failed.FailureDetails.ErrorMessage);
        Assert.Equal("PlanRun EndRun", string.Join(' ', scenario.Calls.Select(call => call.Name)));
    }

    [Fact]
    public async Task A_report_that_cannot_be_stored_now_is_stored_a_little_later()
    {
        var scenario = new Scenario(distributions: 1, clouds: 1);
        scenario.Store = call => call.Attempts < 5 ? throw new StagingUnavailableException("The storage service does not answer.") : Task.CompletedTask;

        var summary = await scenario.RunAsync();

        Assert.Equal(1, summary.Outcomes[OutcomeKind.Published]);
    }

    [Fact]
    public async Task The_report_says_when_the_run_was_and_whether_it_was_dry()
    {
        var scenario = new Scenario(distributions: 1, clouds: 1, dryRun: true);

        await scenario.RunAsync();

        Assert.Equal(new DateTimeOffset(2024, 7, 17, 18, 11, 0, TimeSpan.Zero), scenario.Report.StartedAt);
        Assert.True(scenario.Report.DryRun);
        Assert.True(scenario.Context.Inputs<SyncWork>(nameof(SyncActivities.SyncDistribution)).Single().DryRun);
        Assert.True(scenario.Context.Inputs<PruneWork>(nameof(SyncActivities.PruneSuperseded)).Single().DryRun);
    }

    private static string Clouds(Scenario scenario, string distribution) => string.Join(' ', scenario.Context
        .Inputs<SyncWork>(nameof(SyncActivities.SyncDistribution))
        .Where(work => string.Equals(work.Distribution, distribution, StringComparison.Ordinal))
        .Select(work => work.Cloud));
}

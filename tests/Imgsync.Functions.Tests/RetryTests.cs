using System.Diagnostics;
using Imgsync.Core;
using Imgsync.Core.Content;
using Imgsync.Core.Glance;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Upstream;
using Imgsync.Functions.Tests.Engine;
using Imgsync.Functions.Workflow;
using Microsoft.Azure.WebJobs.Host;
using Microsoft.DurableTask;

namespace Imgsync.Functions.Tests;

public sealed class RetryTests(WorkflowEngine engine)
{
    public static TheoryData<Exception> MayPass =>
    [
        new UpstreamUnavailableException("The publisher did not answer."),
        new CloudUnavailableException("Glance answered 503."),
        new StagingUnavailableException("Another writer is busy with this image."),
        new TaskCanceledException("The host is shutting down."),
        new FunctionInvocationException("Exception while executing function: Functions.SyncDistribution."),
        new FunctionTimeoutException("Timeout value of 00:10:00 was exceeded by function: Functions.SyncDistribution"),
    ];

    public static TheoryData<Exception> WillNotPass =>
    [
        new ConfigurationException("No cloud is configured."),
        new CloudRefusedException("Keystone answered 401."),
        new WrongDigestException("The bytes are others than those that were published."),
        new ContentTooLongException("The image goes on after its end."),
        new UpstreamException("The list is malformed."),
        new StagingException("The container is not ours."),
        new RunUnderWayException(RunId.Parse("20240717T181100Z-3f9a")),
        new InvalidOperationException("A bug."),
    ];

    [Theory]
    [MemberData(nameof(MayPass))]
    public async Task What_may_pass_is_tried_as_often_as_the_options_say(Exception failure)
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1) { Sync = _ => throw failure };

        await scenario.RunAsync();

        Assert.Equal(Scenario.Limits.Attempts, scenario.Tries.Count);
    }

    [Theory]
    [MemberData(nameof(WillNotPass))]
    public async Task What_will_not_pass_is_tried_once(Exception failure)
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1) { Sync = _ => throw failure };

        await scenario.RunAsync();

        Assert.Single(scenario.Tries);
    }

    [Theory]
    [MemberData(nameof(MayPass))]
    public async Task The_activities_around_the_images_are_tried_again_for_the_same_reasons(Exception failure)
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1) { Prune = _ => throw failure };

        await scenario.RunAsync();

        Assert.Equal(Scenario.Limits.Attempts, scenario.Execution.Inputs<PruneWork>().Count());
    }

    [Theory]
    [MemberData(nameof(WillNotPass))]
    public async Task And_are_not_for_the_same_reasons(Exception failure)
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1) { Prune = _ => throw failure };

        await scenario.RunAsync();

        Assert.Single(scenario.Execution.Inputs<PruneWork>());
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 1)]
    public async Task An_outcome_says_itself_whether_another_try_may_help(bool mayPass, int tries)
    {
        var scenario = new Scenario(
            engine, distributions: 1, clouds: 1)
        { MayPass = mayPass, Sync = work => Task.FromResult(Scenario.Failed(work)) };

        await scenario.RunAsync();

        Assert.Equal(tries, scenario.Tries.Count);
        Assert.Equal((OutcomeKind.Failed, "Glance answered 503."), (scenario.Report.Outcomes[0].Kind, scenario.Report.Outcomes[0].Reason));
    }

    [Fact]
    public async Task A_passing_failure_leaves_nothing_in_the_outcome_but_what_it_moved()
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1) { MayPass = true };
        scenario.Sync = work => Task.FromResult(scenario.Tries.Count == 1 ? Scenario.Failed(work) : Scenario.Published(work));

        await scenario.RunAsync();

        var outcome = Assert.Single(scenario.Report.Outcomes);
        Assert.Equal(
            (OutcomeKind.Published, null, 600, 600), (outcome.Kind, outcome.Failure, outcome.BytesDownloaded, outcome.BytesUploaded));
    }

    [Fact]
    public async Task A_second_try_is_told_what_the_first_one_has_brought()
    {
        var scenario = new Scenario(
            engine, distributions: 1, clouds: 1)
        { MayPass = true, Sync = work => Task.FromResult(Scenario.Failed(work)) };

        await scenario.RunAsync();

        Assert.Equal([0, 300, 600], scenario.Tries.Select(work => work.Downloaded));
    }

    [Fact]
    public async Task The_wait_between_two_tries_doubles_from_the_one_in_the_options()
    {
        var first = TimeSpan.FromMilliseconds(300);
        var scenario = new Scenario(engine, distributions: 1, clouds: 1, Scenario.Limits with { FirstRetryAfter = first })
        {
            MayPass = true,
            Sync = work => Task.FromResult(Scenario.Failed(work)),
        };

        await scenario.RunAsync();

        var begun = scenario.Execution.Calls.Where(
            call => call.Name is nameof(SyncActivities.SyncDistribution)).Select(call => call.BegunAt).ToList();
        Assert.True(Stopwatch.GetElapsedTime(begun[0], begun[1]) >= first);
        Assert.True(Stopwatch.GetElapsedTime(begun[1], begun[2]) >= 2 * first);
    }

    [Theory]
    [InlineData(1, 30)]
    [InlineData(2, 60)]
    [InlineData(4, 240)]
    [InlineData(9, 600)]
    [InlineData(1000, 600)]
    public void No_wait_is_longer_than_ten_minutes(int failed, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), (Scenario.Limits with { FirstRetryAfter = TimeSpan.FromSeconds(30) }).Wait(failed));

    [Fact]
    public async Task A_worker_that_dies_again_and_again_is_told_with_what_to_do()
    {
        var scenario = new Scenario(
            engine, distributions: 1, clouds: 1)
        {
            Sync = _ =>
                throw new FunctionInvocationException("Exception while executing function: Functions.SyncDistribution.")
        };

        await scenario.RunAsync();

        var outcome = Assert.Single(scenario.Report.Outcomes);
        Assert.Equal("worker-lost", outcome.Failure);
        Assert.Contains("lower maxParallel", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_dies_once_costs_nothing_but_a_second_try()
    {
        var scenario = new Scenario(engine, distributions: 2, clouds: 1);
        scenario.Sync = work => scenario.Tries.Count(one => one.Distribution == work.Distribution) == 1
            ? throw new FunctionInvocationException("Exception while executing function: Functions.SyncDistribution.")
            : Task.FromResult(Scenario.Published(work));

        await scenario.RunAsync();

        Assert.All(scenario.Report.Outcomes, outcome => Assert.Equal(OutcomeKind.Published, outcome.Kind));
    }

    [Fact]
    public async Task An_activity_that_reaches_the_hosts_time_out_is_told_with_what_to_set()
    {
        var scenario = new Scenario(
            engine, distributions: 1, clouds: 1)
        {
            Sync = _ =>
                throw new FunctionTimeoutException("Timeout value of 00:10:00 was exceeded by function: Functions.SyncDistribution")
        };

        await scenario.RunAsync();

        var outcome = Assert.Single(scenario.Report.Outcomes);
        Assert.Equal("host-timeout", outcome.Failure);
        Assert.Contains("functionTimeout", outcome.Reason, StringComparison.Ordinal);
        Assert.Contains("workflow.activityBudget", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_will_not_pass_does_not_pass_because_the_host_wraps_it()
    {
        var ours = new TaskFailureDetails(typeof(WrongDigestException).FullName!, "The bytes are others.", null, null, null);
        var wrapped = new TaskFailureDetails(
            "Microsoft.Azure.WebJobs.Host.FunctionInvocationException", "Exception while executing function", null, ours, null);

        Assert.False(wrapped.MayPass());
    }

    [Fact]
    public void An_exception_type_that_nobody_knows_is_not_tried_again() =>
        Assert.False(new TaskFailureDetails("Some.Removed.Exception", "gone", null, null, null).MayPass());

    /// <summary>The engine's own look-up finds such a type twice, in its assembly and in
    /// the facade that forwards to it, and throws.</summary>
    [Fact]
    public void An_exception_type_that_two_assemblies_have_is_not_tried_again_and_fails_nothing_else()
    {
        const string Type = "System.Net.Http.HttpRequestException";

        var known = System.Reflection.Assembly.Load("netstandard").GetType(Type);

        Assert.NotNull(known);
        Assert.False(new TaskFailureDetails(Type, "a bug", null, null, null).MayPass());
    }

    [Fact]
    public async Task A_foreseen_failure_speaks_for_itself_and_an_unforeseen_one_is_named()
    {
        var scenario = new Scenario(engine, distributions: 2, clouds: 1, Scenario.Limits with { MaxParallel = 1 });
        scenario.Sync = work => work.Distribution is "distribution0001"
            ? throw new UpstreamException("The list is malformed.")
            : throw new InvalidOperationException("a bug");

        await scenario.RunAsync();

        Assert.Equal(
            "The list is malformed.|Something unforeseen went wrong (System.InvalidOperationException: a bug).",
            string.Join('|', scenario.Report.Outcomes.Select(outcome => outcome.Reason)));
    }
}

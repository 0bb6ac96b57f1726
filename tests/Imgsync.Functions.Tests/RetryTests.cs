using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Core.Integrity;
using Imgsync.Core.Staging;
using Imgsync.Core.Sync;
using Imgsync.Core.Upstream;
using Imgsync.Functions.Workflow;
using Microsoft.DurableTask;

namespace Imgsync.Functions.Tests;

public sealed class RetryTests
{
    public static TheoryData<Exception> MayPass =>
    [
        new UpstreamUnavailableException("The publisher did not answer."),
        new CloudUnavailableException("Glance answered 503."),
        new StagingUnavailableException("Another writer is busy with this image."),
        new TaskCanceledException("The host is shutting down."),
    ];

    public static TheoryData<Exception> WillNotPass =>
    [
        new ConfigurationException("No cloud is configured."),
        new CloudRefusedException("Keystone answered 401."),
        new WrongDigestException("The bytes are others than those that were published."),
        new ContentTooLongException("The image goes on after its end."),
        new UpstreamException("The list is malformed."),
        new StagingException("The container is not ours."),
        new RunUnderWayException("20240717T181100Z-3f9a"),
        new InvalidOperationException("A bug."),
    ];

    [Theory]
    [MemberData(nameof(MayPass))]
    public async Task What_may_pass_is_tried_as_often_as_the_options_say(Exception failure)
    {
        var scenario = new Scenario(distributions: 1, clouds: 1) { Sync = (_, _) => throw failure };

        await scenario.RunAsync();

        Assert.Equal(Scenario.Limits.Attempts, Attempts(scenario));
    }

    [Theory]
    [MemberData(nameof(WillNotPass))]
    public async Task What_will_not_pass_is_tried_once(Exception failure)
    {
        var scenario = new Scenario(distributions: 1, clouds: 1) { Sync = (_, _) => throw failure };

        await scenario.RunAsync();

        Assert.Equal(1, Attempts(scenario));
    }

    [Fact]
    public async Task A_passing_failure_leaves_no_trace_in_the_outcome()
    {
        var scenario = new Scenario(distributions: 1, clouds: 1);
        scenario.Sync = (work, call) => call.Attempts == 1
            ? throw new CloudUnavailableException("Glance answered 503.")
            : Task.FromResult(Scenario.Published(work));

        await scenario.RunAsync();

        Assert.Equal(OutcomeKind.Published, Assert.Single(scenario.Report.Outcomes).Kind);
    }

    [Fact]
    public async Task The_wait_between_two_tries_doubles_from_the_one_in_the_options()
    {
        var scenario = new Scenario(distributions: 1, clouds: 1);

        await scenario.RunAsync();

        var policy = scenario.Calls.Single(call => call.Name is nameof(SyncActivities.SyncDistribution)).Options!.Retry!.Policy!;
        Assert.Equal(Scenario.Limits.FirstRetryAfter, policy.FirstRetryInterval);
        Assert.Equal(2, policy.BackoffCoefficient);
    }

    [Fact]
    public void An_exception_type_that_nobody_knows_is_not_tried_again() =>
        Assert.False(new TaskFailureDetails("Some.Removed.Exception", "gone", null, null, null).MayPass());

    /// <summary>The engine's own look-up finds such a type twice, in its assembly and in the facade that forwards to it, and throws.</summary>
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
        var scenario = new Scenario(distributions: 2, clouds: 1);
        scenario.Sync = (work, _) => work.Distribution is "distribution0001"
            ? throw new UpstreamException("The list is malformed.")
            : throw new InvalidOperationException("a bug");

        await scenario.RunAsync();

        Assert.Equal(
            "The list is malformed.|Something unforeseen went wrong (System.InvalidOperationException: a bug).",
            string.Join('|', scenario.Report.Outcomes.Select(outcome => outcome.Reason)));
    }

    private static int Attempts(Scenario scenario) => scenario.Calls.Single(call => call.Name is nameof(SyncActivities.SyncDistribution)).Attempts;
}

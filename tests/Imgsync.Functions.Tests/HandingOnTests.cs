using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Functions.Tests.Engine;
using Imgsync.Testing;

namespace Imgsync.Functions.Tests;

/// <summary>What one activity has learned of upstream spares the next ones the question.</summary>
public sealed class HandingOnTests(WorkflowEngine engine)
{
    [Fact]
    public async Task What_the_first_cloud_finds_upstream_all_others_of_that_distribution_are_told()
    {
        var scenario = new Scenario(
            engine, distributions: 2, clouds: 3)
        {
            Find = work => work.Known is null
                ? Resolved(work.Distribution, isVerified: true)
                : null
        };

        await scenario.RunAsync();

        Assert.Equal(
            ["cloud1 asks", "cloud2 distribution0001 verified", "cloud3 distribution0001 verified"], Told(scenario, "distribution0001"));
        Assert.Equal(
            ["cloud1 asks", "cloud2 distribution0002 verified", "cloud3 distribution0002 verified"], Told(scenario, "distribution0002"));
    }

    [Fact]
    public async Task What_was_only_remembered_gives_way_to_what_a_later_cloud_had_to_verify()
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 4)
        {
            Sync = work =>
                Task.FromResult(
                    work.Cloud is "cloud1"
                        ? Scenario.Published(work) with { Kind = OutcomeKind.UpToDate, Content = null }
                        : Scenario.Published(work)),
            Find = work => work.Cloud is "cloud1" or "cloud2" ? Resolved(work.Distribution, isVerified: work.Cloud is "cloud2") : null,
        };

        await scenario.RunAsync();

        Assert.Equal(
            ["cloud1 asks", "cloud2 distribution0001 remembered", "cloud3 distribution0001 verified", "cloud4 distribution0001 verified"],
            Told(scenario, "distribution0001"));
    }

    [Fact]
    public async Task An_image_that_is_taken_up_again_is_the_one_that_was_begun()
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1)
        {
            Sync = work => Task.FromResult(work.Known is null ? Scenario.Unfinished(work) : Scenario.Published(work)),
            Find = work => work.Known is null ? Resolved(work.Distribution, isVerified: true) : null,
        };

        await scenario.RunAsync();

        Assert.Equal(["cloud1 asks", "cloud1 distribution0001 verified"], Told(scenario, "distribution0001"));
    }

    [Fact]
    public async Task After_a_cloud_that_failed_the_next_one_asks_for_itself()
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 2)
        {
            Sync = work => work.Cloud is "cloud1"
                ? throw new StagingException("The container is gone.")
                : Task.FromResult(Scenario.Published(work)),
            Find = work => Resolved(work.Distribution, isVerified: true),
        };

        await scenario.RunAsync();

        Assert.Equal(["cloud1 asks", "cloud2 asks"], Told(scenario, "distribution0001"));
    }

    private static IEnumerable<string> Told(Scenario scenario, string distribution) => scenario.Tries
        .Where(work => work.Distribution == distribution)
        .OrderBy(work => work.Cloud, StringComparer.Ordinal)
        .Select(
            work =>
                work.Cloud + (work.Known is { } known ? $" {known.Image.Distribution} "
                    + $"{(known.IsVerified ? "verified" : "remembered")}" : " asks"));

    private static Resolution Resolved(string distribution, bool isVerified) =>
        new(TestImages.Debian12 with { Distribution = distribution }, isVerified);
}

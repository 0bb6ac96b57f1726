using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;
using Microsoft.Extensions.Logging.Abstractions;

namespace Imgsync.Cloud.Tests.Clouds;

/// <summary>Images offered to other projects, and taken by them, in a real Glance.</summary>
public sealed class SharingTests(DevCloud cloud)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_shared_image_is_offered_to_its_members_who_find_it_once_they_accept()
    {
        await using var scenario = await StartAsync();
        var tenant = await TenantAsync();
        Share(scenario, tenant, "elsewhere");

        var outcome = await SyncAsync(scenario);
        using var glance = await scenario.ProbeAsync();
        var offered = await glance.MembersAsync(outcome.ImageId!, Cancel);
        using var user = await cloud.ProbeAsync(Cancel, "user");
        await user.AcceptAsync(outcome.ImageId!, tenant, Cancel);

        Assert.Equal(OutcomeKind.Published, outcome.Kind);
        Assert.Equal(Ordered($"{tenant} pending", "elsewhere pending"), offered);
        Assert.Single(await user.ListAsync(scenario.Options.Publish.Prefix, Cancel));
    }

    [Fact]
    public async Task The_list_of_members_is_exact_also_for_an_image_that_stands_and_an_answer_given_stays()
    {
        await using var scenario = await StartAsync();
        var tenant = await TenantAsync();
        Share(scenario, "former", tenant);
        var id = (await SyncAsync(scenario)).ImageId!;
        using var user = await cloud.ProbeAsync(Cancel, "user");
        await user.AcceptAsync(id, tenant, Cancel);
        Share(scenario, tenant, "new");

        var changed = await SyncAsync(scenario);
        var again = await SyncAsync(scenario);

        using var glance = await scenario.ProbeAsync();
        Assert.Equal(Ordered($"{tenant} accepted", "new pending"), await glance.MembersAsync(id, Cancel));
        Assert.Equal((OutcomeKind.UpToDate, OutcomeKind.UpToDate), (changed.Kind, again.Kind));
        Assert.EndsWith("changed to be as the settings say: members", changed.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("changed", again.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_image_becomes_shared_with_its_members_at_once()
    {
        await using var scenario = await StartAsync();
        scenario.Options = scenario.Options with { Publish = scenario.Options.Publish with { Visibility = ImageVisibility.Private } };
        var id = (await SyncAsync(scenario)).ImageId!;
        Share(scenario, "one", "two");

        await SyncAsync(scenario);

        using var glance = await scenario.ProbeAsync();
        Assert.Equal(["one pending", "two pending"], await glance.MembersAsync(id, Cancel));
    }

    [Fact]
    public async Task Without_a_list_the_members_are_the_operators_own_business()
    {
        await using var scenario = await StartAsync();
        Share(scenario, "one");
        var id = (await SyncAsync(scenario)).ImageId!;
        Share(scenario);

        await SyncAsync(scenario);

        using var glance = await scenario.ProbeAsync();
        Assert.Equal(["one pending"], await glance.MembersAsync(id, Cancel));
    }

    private async Task<Scenario> StartAsync()
    {
        var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        return scenario;
    }

    private static void Share(Scenario scenario, params string[] members) => scenario.Options = scenario.Options with
    {
        Publish = scenario.Options.Publish with { Visibility = ImageVisibility.Shared, Members = members },
    };

    private static async Task<ImageOutcome> SyncAsync(Scenario scenario) => Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

    /// <summary>The id of the project that the fixture's ordinary user works in.</summary>
    private async Task<string> TenantAsync()
    {
        using var connection = new CloudConnection(cloud.Cloud("user"), TimeProvider.System, NullLoggerFactory.Instance);
        return (await connection.Keystone.GetTokenAsync(Cancel)).ProjectId!;
    }

    private static string[] Ordered(params string[] members) => [.. members.Order(StringComparer.Ordinal)];
}

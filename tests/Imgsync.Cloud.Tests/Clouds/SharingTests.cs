using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;
using Microsoft.Extensions.Logging.Abstractions;

namespace Imgsync.Cloud.Tests.Clouds;

/// <summary>Images offered to other projects, and taken by them, in a real Glance.</summary>
public sealed class SharingTests(DevCloud cloud)
{
    private const string WhoMayAccept =
        "Only the project or an administrator may accept an image: sign in as one, or set publish.acceptMembers to false and let each "
            + "project run openstack image set --accept.";

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
    public async Task The_members_that_we_gave_an_image_follow_the_list_and_an_answer_and_a_member_by_hand_stay()
    {
        await using var scenario = await StartAsync();
        var tenant = await TenantAsync();
        Share(scenario, "former", tenant);
        var id = (await SyncAsync(scenario)).ImageId!;
        using var user = await cloud.ProbeAsync(Cancel, "user");
        await user.AcceptAsync(id, tenant, Cancel);
        using var glance = await scenario.ProbeAsync();
        await glance.ShareAsync(id, "by-hand", Cancel);
        Share(scenario, tenant, "new");

        var changed = await SyncAsync(scenario);
        var again = await SyncAsync(scenario);

        Assert.Equal(Ordered($"{tenant} accepted", "new pending", "by-hand pending"), await glance.MembersAsync(id, Cancel));
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

    [Fact]
    public async Task A_member_by_its_name_and_domain_is_the_project_that_Keystone_knows_by_it_and_is_asked_for_once()
    {
        await using var scenario = await StartAsync();
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", Architecture.Arm64);
        await using var keystone = new RequestGate(cloud.KeystoneUrl);
        await SignInAsAdminAsync(scenario, keystone.Url);
        var domain = DevCloud.UniquePrefix().Trim();
        var web = await DevCloudProject.AddWithDomainAsync(cloud, "web", domain, Cancel);
        Share(scenario, $"web@{domain}", web, $"web@{domain}");

        var report = await scenario.SyncAsync("debian12", "debian12-arm64");

        using var glance = await scenario.ProbeAsync();
        Assert.All(report.Outcomes, outcome => Assert.Equal(OutcomeKind.Published, outcome.Kind));
        foreach (var outcome in report.Outcomes)
            Assert.Equal([$"{web} pending"], await glance.MembersAsync(outcome.ImageId!, Cancel));
        Assert.Equal(["/v3/domains", "/v3/projects"], LookUps(keystone));
    }

    [Fact]
    public async Task A_name_that_stands_for_nobody_fails_the_images_before_a_byte_moves_and_is_asked_for_once_too()
    {
        await using var scenario = await StartAsync();
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", Architecture.Arm64);
        await using var keystone = new RequestGate(cloud.KeystoneUrl);
        await SignInAsAdminAsync(scenario, keystone.Url);
        Share(scenario, "nobody@Default");

        var report = await scenario.SyncAsync("debian12", "debian12-arm64");

        Assert.All(report.Outcomes, outcome => Assert.Equal(
            (OutcomeKind.Failed, "Cannot look up the project nobody@Default, named in publish.members, on cloud 'devcloud': there is no "
                + "project of that name in such a domain; correct the name, or give the project's id instead."),
            (outcome.Kind, outcome.Reason)));
        Assert.Equal(["/v3/domains", "/v3/projects"], LookUps(keystone));
        Assert.Equal(0, scenario.Upstream.ImageBytes);
        Assert.Empty(await scenario.ImagesAsync());
    }

    [Fact]
    public async Task An_administrator_accepts_for_the_members_and_the_next_run_has_nothing_to_do()
    {
        await using var scenario = await StartAsync();
        await SignInAsAdminAsync(scenario);
        Share(scenario, "stranger");
        await SyncAsync(scenario);
        Share(scenario, await TenantAsync(), "stranger");
        Accept(scenario);

        var planned = Assert.Single((await scenario.SyncAsync(new RunRequest { Distributions = ["debian12"], DryRun = true })).Outcomes);
        var outcome = await SyncAsync(scenario);
        var accepted = Assert.Single(await scenario.ImagesAsync());
        var again = await SyncAsync(scenario);

        using var glance = await scenario.ProbeAsync();
        using var user = await cloud.ProbeAsync(Cancel, "user");
        Assert.Equal(["members", "members accepted"], Changes(planned));
        Assert.Equal(["members", "members accepted"], Changes(outcome));
        Assert.Empty(again.Actions);
        Assert.Equal(Ordered($"{await TenantAsync()} accepted", "stranger accepted"), await glance.MembersAsync(outcome.ImageId!, Cancel));
        Assert.Single(await user.ListAsync(scenario.Options.Publish.Prefix, Cancel));
        Assert.Equal((string?)accepted["updated_at"], (string?)Assert.Single(await scenario.ImagesAsync())["updated_at"]);
    }

    [Fact]
    public async Task Nobody_accepts_again_what_a_member_has_rejected()
    {
        await using var scenario = await StartAsync();
        await SignInAsAdminAsync(scenario);
        var tenant = await TenantAsync();
        Share(scenario, tenant);
        var id = (await SyncAsync(scenario)).ImageId!;
        using var user = new CloudConnection(cloud.Cloud("user"), TimeProvider.System, NullLoggerFactory.Instance);
        await user.Glance.Members.AnswerAsync(id, tenant, "rejected", Cancel);
        Accept(scenario);

        await SyncAsync(scenario);
        scenario.Options = scenario.Options with { Publish = scenario.Options.Publish with { Visibility = ImageVisibility.Private } };
        await SyncAsync(scenario);
        Share(scenario, tenant);
        await SyncAsync(scenario);

        using var glance = await scenario.ProbeAsync();
        Assert.Equal([$"{tenant} rejected"], await glance.MembersAsync(id, Cancel));
    }

    [Fact]
    public async Task Who_may_not_accept_for_others_is_told_once_and_the_images_are_shared_all_the_same()
    {
        await using var scenario = await StartAsync();
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", Architecture.Arm64);
        scenario.Options = scenario.Options with { MaxParallel = 1 };
        Share(scenario, "one", "two");
        Accept(scenario);

        var report = await scenario.SyncAsync("debian12", "debian12-arm64");
        var again = await scenario.SyncAsync(new RunRequest { Distributions = ["debian12", "debian12-arm64"], DryRun = true });

        using var glance = await scenario.ProbeAsync();
        Assert.All(report.Outcomes, outcome => Assert.Equal(OutcomeKind.Published, outcome.Kind));
        foreach (var outcome in report.Outcomes)
            Assert.Equal(["one pending", "two pending"], await glance.MembersAsync(outcome.ImageId!, Cancel));
        Assert.Equal(
            "The user of cloud 'devcloud' has not the role admin, so nothing is accepted. " + WhoMayAccept,
            Assert.Single(report.Outcomes, outcome => outcome.Warning is not null).Warning);
        Assert.True(report.IsGood);
        Assert.All(report.Outcomes.Concat(again.Outcomes), outcome => Assert.DoesNotContain("members accepted", Changes(outcome)));
        Assert.All(again.Outcomes, outcome => Assert.Empty(outcome.Actions));
        Assert.Single(again.Outcomes, outcome => outcome.Warning is not null);
    }

    [Fact]
    public async Task Where_a_clouds_own_policy_keeps_an_administrator_from_accepting_the_run_says_so_once_and_goes_on()
    {
        await using var scenario = await StartAsync();
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", Architecture.Arm64);
        scenario.Options = scenario.Options with { MaxParallel = 1 };
        await SignInAsAdminAsync(scenario);
        await using var glance = new RequestGate(cloud.GlanceUrl);
        glance.AnswerAll("PUT", "/members/", Moment.BeforeRequest, 403, "<h1>403 Forbidden</h1> modify_member");
        scenario.Options = scenario.Options with { Clouds = [scenario.Options.Clouds[0] with { ImageEndpoint = glance.Url }] };
        Share(scenario, "one", "two");
        Accept(scenario);

        var report = await scenario.SyncAsync("debian12", "debian12-arm64");

        using var probe = await scenario.ProbeAsync();
        Assert.All(report.Outcomes, outcome => Assert.Equal(OutcomeKind.Published, outcome.Kind));
        foreach (var outcome in report.Outcomes)
            Assert.Equal(["one pending", "two pending"], await probe.MembersAsync(outcome.ImageId!, Cancel));
        var warning = Assert.Single(report.Outcomes, outcome => outcome.Warning is not null).Warning;
        Assert.Contains("403", warning, StringComparison.Ordinal);
        Assert.EndsWith(WhoMayAccept, warning, StringComparison.Ordinal);
        Assert.Single(report.Outcomes.SelectMany(outcome => outcome.Actions), action => action.Result is ActionResult.Refused);
        Assert.True(report.IsGood);
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

    private static void Accept(Scenario scenario) =>
        scenario.Options = scenario.Options with { Publish = scenario.Options.Publish with { AcceptMembers = true } };

    /// <param name="keystone">Keystone by another way.</param>
    private async Task SignInAsAdminAsync(Scenario scenario, Uri? keystone = null)
    {
        var admin = await DevCloudProject.AsAdminAsync(cloud, scenario.Cloud, Cancel);
        scenario.Options = scenario.Options with
        {
            Clouds = [admin with { Auth = admin.Auth with { AuthUrl = keystone ?? admin.Auth.AuthUrl } }],
        };
    }

    /// <summary>What Keystone was asked for by name.</summary>
    private static IEnumerable<string> LookUps(RequestGate keystone) => keystone.Requests
        .Where(request => request.StartsWith("GET ", StringComparison.Ordinal))
        .Select(request => request.Split(' ', '?')[1])
        .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Changes(ImageOutcome outcome) => outcome.Actions
        .Where(action => action.Kind is ActionKind.Change)
        .Select(action => action.Reason["to be as the settings say: ".Length..]);

    private static async Task<ImageOutcome> SyncAsync(Scenario scenario) => Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

    /// <summary>The id of the project that the fixture's ordinary user works in.</summary>
    private async Task<string> TenantAsync()
    {
        using var connection = new CloudConnection(cloud.Cloud("user"), TimeProvider.System, NullLoggerFactory.Instance);
        return (await connection.Keystone.GetTokenAsync(Cancel)).ProjectId!;
    }

    private static string[] Ordered(params string[] members) => [.. members.Order(StringComparer.Ordinal)];
}

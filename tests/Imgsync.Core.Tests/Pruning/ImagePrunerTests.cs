using System.Text.Json;
using System.Text.Json.Nodes;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Pruning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Tests.Glance;
using Imgsync.Core.Tests.Publishing;
using Imgsync.Testing.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Imgsync.Core.Tests.Pruning;

/// <summary>The pruner where a real Glance cannot be brought to it: refusals of certain stores, a lock
/// that is lost half way, a list that is out of date.</summary>
public sealed class ImagePrunerTests
{
    private const string Newest = "20240803";
    private const string Older = "20240802";
    private const string Oldest = "20240801";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(403, "Image is protected and cannot be deleted.")]
    [InlineData(409, "Image could not be deleted because it is in use: The image has clones.")]
    public async Task One_that_may_not_go_is_hidden_instead_and_the_others_go(int status, string reason)
    {
        await using var server = Server()
            .On("DELETE", Path(Oldest), Answer.Json(new JsonObject { ["message"] = reason }.ToJsonString(), status))
            .On("PATCH", Path(Oldest), Answer.Json(Image(Oldest).ToJsonString()))
            .On("DELETE", Path(Older), Answer.Of(204));

        var report = await PruneAsync(server);

        Assert.Equal(
            [(Oldest, ActionResult.HiddenInstead), (Older, ActionResult.Done)], report.Actions.Select(
                pruned => (pruned.ImageId, pruned.Result)));
        Assert.Contains(reason.TrimEnd('.'), report.Actions[0].Reason, StringComparison.Ordinal);
        Assert.Equal("""[{"op":"add","path":"/os_hidden","value":true},{"op":"add","path":"/imgsync.retired","value":"hide"}]""", server.Requests.Single(request => request.Method is "PATCH").Text);
        Assert.Empty(report.Failures);
    }

    [Fact]
    public async Task One_that_may_neither_go_nor_be_hidden_keeps_nobody_else()
    {
        await using var server = Server()
            .On("DELETE", Path(Oldest), Answer.Of(409))
            .On("PATCH", Path(Oldest), Answer.Of(403))
            .On("DELETE", Path(Older), Answer.Of(204));

        var report = await PruneAsync(server);

        Assert.Equal([ActionResult.Refused, ActionResult.Done], report.Actions.Select(pruned => pruned.Result));
    }

    [Fact]
    public async Task A_refusal_does_not_count_as_a_deletion()
    {
        await using var server = Server()
            .On("DELETE", Path(Oldest), Answer.Of(409))
            .On("PATCH", Path(Oldest), Answer.Json(Image(Oldest).ToJsonString()))
            .On("DELETE", Path(Older), Answer.Of(204));

        var report = await PruneAsync(server, maxPrune: 1);

        Assert.Equal([ActionResult.HiddenInstead, ActionResult.Done], report.Actions.Select(pruned => pruned.Result));
    }

    [Theory]
    [InlineData("hidden")]
    [InlineData("deactivated")]
    [InlineData("gone")]
    public async Task Nothing_is_deleted_once_the_image_that_users_would_be_left_with_is(string state)
    {
        var newest = Image(Newest);
        newest["os_hidden"] = state is "hidden";
        newest["status"] = state is "deactivated" ? "deactivated" : "active";
        await using var server = Lists().Always(
            "GET", Path(Newest), _ => state is "gone" ? Answer.Of(404) : Answer.Json(newest.ToJsonString()));

        var report = await PruneAsync(server);

        Assert.Equal([ActionResult.Refused, ActionResult.Refused], report.Actions.Select(pruned => pruned.Result));
        Assert.All(report.Actions, pruned => Assert.Contains("which was to stay in its place", pruned.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lock_that_is_lost_half_way_stops_the_clean_up_and_what_was_done_is_told()
    {
        await using var server = Server().On("DELETE", Path(Oldest), Answer.Of(204));
        var asked = 0;

        var report = await PruneAsync(server, isHeld: () => ++asked == 1);

        Assert.Equal((Oldest, ActionResult.Done), (Assert.Single(report.Actions).ImageId, report.Actions[0].Result));
        Assert.Matches("stopped half way: .* lost its lock", Assert.Single(report.Failures));
    }

    [Fact]
    public async Task Where_the_run_s_first_look_shows_nothing_superseded_only_hidden_images_are_asked_for()
    {
        await using var server = Server();

        var report = await PruneAsync(server, early: [Newest]);

        Assert.Empty(report.Actions);
        Assert.Contains("os_hidden=true", Assert.Single(server.Requests, IsList).Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hidden_image_that_is_superseded_goes_though_the_first_look_does_not_show_it()
    {
        await using var server = Server(hidden: Oldest).On("DELETE", Path(Oldest), Answer.Of(204)).On(
            "DELETE", Path(Older), Answer.Of(204));

        var report = await PruneAsync(server, early: [Newest]);

        Assert.Equal([Oldest, Older], report.Actions.Select(pruned => pruned.ImageId));
    }

    [Fact]
    public async Task An_image_that_somebody_hides_between_the_two_lists_counts_once()
    {
        await using var server = Server(hidden: Older).On("DELETE", Path(Oldest), Answer.Of(204));

        var report = await PruneAsync(server, keep: 2);

        Assert.Equal([Oldest], report.Actions.Select(pruned => pruned.ImageId));
    }

    [Theory]
    [InlineData(new[] { Newest, Older }, OutcomeKind.UpToDate)]
    [InlineData(new[] { Older }, OutcomeKind.UpToDate)]
    [InlineData(new[] { Newest }, OutcomeKind.Published)]
    public async Task Whatever_is_to_be_done_is_decided_by_what_the_cloud_shows_now(string[] early, OutcomeKind kind)
    {
        await using var server = Server().On("DELETE", Path(Oldest), Answer.Of(204)).On("DELETE", Path(Older), Answer.Of(204));

        var report = await PruneAsync(server, early: early, kind: kind);

        Assert.Equal([Oldest, Older], report.Actions.Select(pruned => pruned.ImageId));
    }

    private static async Task<PruneReport> PruneAsync(
        ScriptedServer server,
        int maxPrune = 10,
        Func<bool>? isHeld = null,
        string[]? early = null,
        OutcomeKind kind = OutcomeKind.UpToDate,
        int keep = 1)
    {
        var cloud = ScriptedCloud.Options(server);
        var options = new ImgsyncOptions { Clouds = [cloud], Publish = new PublishOptions { Keep = keep } };
        using var connection = Connect.To(cloud);
        var cleanUp = new CleanUp(
            cloud,
            new RunMark("here", RunId.Parse("this")),
            await connection.Keystone.GetTimeAsync(Cancel),
            options,
            CatalogLoader.Load(options.Catalog, options.Publishers));
        var newest =
            new ImageOutcome
            {
                Distribution = "debian12",
                Cloud = cloud.Name,
                Kind = kind,
                Reason = "",
                Revision = Newest,
                ImageId = Newest
            };
        await using var hold = ScriptedRunLock.Hold(isHeld);
        var actions = new ImageActions(cloud.Name, connection.Glance, hold, NullLogger.Instance);
        var pruner = new ImagePruner(connection, cleanUp, actions, maxPrune, dryRun: false);
        return await pruner.PruneAsync(
            [newest], early is null
                ? null
                : new ImageListing(
                    "p1", [.. early.Select(id => GlanceImageJson.Read(JsonSerializer.SerializeToElement(Image(id))))]), Cancel);
    }

    private static bool IsList(ScriptedRequest request) => request.Target.StartsWith("/image/v2/images?", StringComparison.Ordinal);

    /// <param name="hidden">Is in both lists.</param>
    private static ScriptedServer Server(string? hidden = null) =>
        Lists(hidden).Always("GET", Path(Newest), _ => Answer.Json(Image(Newest).ToJsonString()));

    private static ScriptedServer Lists(string? hidden = null) =>
        new ScriptedServer().SigningIn().Always("GET", "/image/v2/images", request => Answer.Json(new JsonObject
        {
            ["images"] = request.Target.Contains("os_hidden=true", StringComparison.Ordinal)
            ? (hidden is null ? [] : new JsonArray(Hidden(hidden)))
            : new JsonArray(Image(Newest), Image(Older), Image(Oldest)),
        }.ToJsonString()));

    private static string Path(string id) => $"/image/v2/images/{id}";

    /// <summary>As a run before has hidden it.</summary>
    private static JsonObject Hidden(string revision)
    {
        var image = Image(revision);
        image["os_hidden"] = true;
        image["imgsync.retired"] = "hide";
        return image;
    }

    private static JsonObject Image(string revision) => new()
    {
        ["id"] = revision,
        ["name"] = $"Debian 12 [{revision}]",
        ["status"] = "active",
        ["owner"] = "p1",
        ["created_at"] = "2024-08-03T00:00:00Z",
        ["source"] = "imgsync",
        ["imgsync.distribution"] = "debian12",
        ["imgsync.revision"] = revision,
        ["imgsync.sha256"] = "00",
        ["imgsync.sha512"] = "00",
    };
}

using System.Text.Json.Nodes;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.Clouds;

/// <summary>A real Glance with two stores, <c>file</c> (its default) and <c>spare</c>.</summary>
public sealed class StoreTests(DevCloud cloud)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_goes_to_the_store_that_is_asked_for()
    {
        await using var scenario = await StartAsync("spare");

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(OutcomeKind.Published, outcome.Kind);
        Assert.Equal("spare", (string?)Assert.Single(await scenario.ImagesAsync())["stores"]);
    }

    [Fact]
    public async Task The_first_store_takes_the_upload_and_Glance_copies_it_to_the_others()
    {
        await using var scenario = await StartAsync("spare", "file");

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);
        await CopiedAsync(scenario);

        Assert.EndsWith("changed to be as the settings say: a copy in file", outcome.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("changed", Assert.Single((await scenario.SyncAsync("debian12")).Outcomes).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_added_later_gets_its_copy_without_an_upload()
    {
        await using var scenario = await StartAsync("file");
        await scenario.SyncAsync("debian12");
        Use(scenario, "file", "spare");

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);
        await CopiedAsync(scenario);

        Assert.Equal((OutcomeKind.UpToDate, 0), (outcome.Kind, outcome.BytesUploaded));
    }

    [Fact]
    public async Task A_store_that_Glance_does_not_have_is_refused_before_a_byte_is_downloaded()
    {
        await using var scenario = await StartAsync("file", "nowhere");

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(
            "Cannot upload to the store nowhere on cloud 'devcloud': its stores are file, spare; correct publish.stores.", outcome.Reason);
        Assert.Equal(0, scenario.Upstream.ImageBytes);
        Assert.Empty(await scenario.ImagesAsync());
    }

    private async Task<Scenario> StartAsync(params string[] stores)
    {
        var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        Use(scenario, stores);
        return scenario;
    }

    private static void Use(Scenario scenario, params string[] stores) =>
        scenario.Options = scenario.Options with { Publish = scenario.Options.Publish with { Stores = stores } };

    /// <summary>Glance copies in the background.</summary>
    private static Task CopiedAsync(Scenario scenario) => Eventually.TrueAsync(
        "the image is in both stores",
        async () => Stores(Assert.Single(await scenario.ImagesAsync())) is ["file", "spare"]);

    private static string[] Stores(JsonObject image) => [.. ((string?)image["stores"] ?? "").Split(',').Order(StringComparer.Ordinal)];
}

using System.Text.Json.Nodes;
using Imgsync.Cloud.Tests.Pruning;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;
using Microsoft.Extensions.Logging.Abstractions;
using static Imgsync.Cloud.Tests.Pruning.PruneScenario;

namespace Imgsync.Cloud.Tests.Privilege;

/// <summary>Images that look like ours and are not: a run neither takes them for its own nor prunes them.</summary>
public sealed class LookAlikeTests(DevCloud cloud)
{
    private readonly Dictionary<string, PublishedImage> _published = new(StringComparer.Ordinal);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Shows("an-image-of-an-ordinary-user-that-bears-our-name-and-is-shared-with-us-stays")]
    public async Task An_image_of_an_ordinary_user_that_bears_our_name_and_is_shared_with_us_stays()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var older = await LastOneStaysAsync(scenario);
        using var user = new CloudConnection(cloud.Cloud("user"), TimeProvider.System, NullLoggerFactory.Instance);
        var theirs = await user.Glance.CreateAsync(
            new NewImage
            {
                Id = Guid.NewGuid(),
                Name = (string)older["name"]!,
                DiskFormat = "qcow2",
                Visibility = ImageVisibility.Shared,
                Properties = Unprotected(older),
            },
            Cancel);
        var content = await scenario.DownloadAsync(older);
        await user.Glance.UploadAsync(theirs.Id, new MemoryStream(content), content.Length, Cancel);
        await ShareAsync(scenario, user.Glance, theirs.Id);

        await RunAsync(scenario);

        await AssertStaysAsync(theirs.Id);
    }

    [Theory]
    [Shows("even-with-all-our-marks-on-it-an-image-of-another-project-neither-goes-nor-counts")]
    [InlineData("shared", First)]
    [InlineData("community", First)]
    [InlineData("public", First)]
    [InlineData("shared", Third)]
    [InlineData("public", Third)]
    public async Task Even_with_all_our_marks_on_it_an_image_of_another_project_neither_goes_nor_counts(string visibility, string revision)
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var older = await LastOneStaysAsync(scenario);
        var theirs = await ForgeAsync(scenario, older, revision, visibility);

        var report = await RunAsync(scenario);

        Assert.Equal(OutcomeKind.Published, Assert.Single(report.Outcomes).Kind);
        await AssertStaysAsync(theirs);
    }

    [Fact]
    [Shows("an-image-of-our-own-project-without-our-marks-stays")]
    public async Task An_image_of_our_own_project_without_our_marks_stays()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var older = await LastOneStaysAsync(scenario);
        using var own = await scenario.ProbeAsync();
        var handmade = await own.CreateAsync(
            new JsonObject
            {
                ["name"] = (string)older["name"]!,
                ["disk_format"] = "qcow2",
                ["container_format"] = "bare",
                ["visibility"] = "private"
            }, Cancel);
        await own.UploadAsync(handmade, await scenario.DownloadAsync(older), Cancel);

        await RunAsync(scenario);

        await AssertStaysAsync(handmade);
    }

    [Fact]
    [Shows("a-user-who-belongs-to-no-project-finds-nothing-of-ours")]
    public async Task A_user_who_belongs_to_no_project_finds_nothing_of_ours()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        await scenario.AgeAsync(First);
        var auth = cloud.Cloud().Auth with { ProjectName = null, ProjectDomainName = null, DomainId = "default" };
        using var nobody = new CloudConnection(
            cloud.Cloud() with { Auth = auth, ImageEndpoint = cloud.GlanceUrl }, TimeProvider.System, NullLoggerFactory.Instance);

        Assert.Empty((await ImageListing.ReadAsync(nobody, Cancel)).All);
        Assert.Contains(
            await nobody.Glance.ListAsync(new ImageQuery(), Cancel).ToListAsync(Cancel), image =>
                image.Properties.GetValueOrDefault("source") == "imgsync");
    }

    /// <summary>One image is published, and upstream has the next: the run to come publishes that and prunes the older.</summary>
    private async Task<JsonObject> LastOneStaysAsync(Scenario scenario)
    {
        scenario.Prune(keep: 1);
        _published[First] = scenario.Tree.PublishDebian(DebianRelease.Bookworm, First);
        await scenario.SyncAsync("debian12");
        _published[Third] = scenario.Tree.PublishDebian(DebianRelease.Bookworm, Third);
        return await scenario.FindAsync(First);
    }

    /// <summary>Proves in passing that an image of ours that is superseded does go.</summary>
    private static async Task<SyncReport> RunAsync(Scenario scenario)
    {
        var report = await scenario.SyncAsync("debian12");
        Assert.Equal(First, Assert.Single(report.Pruning.Actions).ImageName[^(First.Length + 1)..^1]);
        return report;
    }

    private async Task AssertStaysAsync(string id)
    {
        using var admin = await cloud.ProbeAsync(Cancel);
        var image = await admin.ShowAsync(id, Cancel);
        Assert.Equal(("active", false), ((string?)image?["status"], (bool)image!["os_hidden"]!));
        await admin.DeleteAsync(id, Cancel);
    }

    private static Dictionary<string, string> Unprotected(JsonObject image) => image
        .Where(
            property =>
                property.Key is "architecture" or "os_distro" or "os_version" or "os_type" or "distribution" or "version" or "type" or "image_source")
        .ToDictionary(property => property.Key, property => (string)property.Value!, StringComparer.Ordinal);

    /// <summary>The administrator stands in for a user of a cloud whose properties are not protected.</summary>
    private async Task<string> ForgeAsync(Scenario scenario, JsonObject older, string revision, string visibility)
    {
        using var user = new CloudConnection(cloud.Cloud("user"), TimeProvider.System, NullLoggerFactory.Instance);
        var copied = _published[revision];
        var forged = new JsonObject
        {
            ["name"] = ((string)older["name"]!).Replace(First, revision, StringComparison.Ordinal),
            ["disk_format"] = "qcow2",
            ["container_format"] = "bare",
            ["visibility"] = visibility,
            ["owner"] = (await user.Keystone.GetTokenAsync(Cancel)).ProjectId,
            ["source"] = "imgsync",
            ["architecture"] = "x86_64",
            ["imgsync.distribution"] = "debian12",
            ["imgsync.revision"] = revision,
            ["imgsync.sha256"] = copied.Sha256.Hex,
            ["imgsync.sha512"] = copied.Sha512.Hex,
            ["imgsync.run"] = (string)older["imgsync.run"]!,
        };

        using var admin = await cloud.ProbeAsync(Cancel);
        var id = await admin.CreateAsync(forged, Cancel);
        await admin.UploadAsync(id, await File.ReadAllBytesAsync(copied.File, Cancel), Cancel);
        if (visibility is "shared")
            await ShareAsync(scenario, user.Glance, id);
        return id;
    }

    private static async Task ShareAsync(Scenario scenario, GlanceClient theirs, string id)
    {
        using var us = new CloudConnection(scenario.Cloud, TimeProvider.System, NullLoggerFactory.Instance);
        var project = (await us.Keystone.GetTokenAsync(Cancel)).ProjectId!;
        await theirs.Members.AddAsync(id, project, Cancel);
        await us.Glance.Members.AnswerAsync(id, project, "accepted", Cancel);
    }
}

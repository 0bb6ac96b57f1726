using System.Text.Json.Nodes;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.MainJob;

/// <summary>Images of the older Python tool: named by a date, with <c>source</c> and one digest, and no other mark.</summary>
public sealed class OlderToolTests(DevCloud cloud)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_of_the_older_tool_is_recognised_and_neither_uploaded_again_nor_changed()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        using var glance = await scenario.ProbeAsync();
        var debian = await LeaveAsync(
            scenario, glance, "Debian 12 [20240718]", "imgsync.sha512", scenario.Tree.PublishDebian(
                DebianRelease.Bookworm, "20240717-1811"));
        var ubuntu = await LeaveAsync(
            scenario, glance, "Ubuntu 22.04 [2024-09-22]", "imgsync.sha256", scenario.Tree.PublishUbuntu("jammy", "20240921"));

        var report = await scenario.SyncAsync("debian12", "ubuntu22");

        Assert.All(report.Outcomes, outcome => Assert.Equal(OutcomeKind.UpToDate, outcome.Kind));
        Assert.Equal([(string?)debian["id"], (string?)ubuntu["id"]], report.Outcomes.Select(outcome => outcome.ImageId));
        Assert.Equal(0, scenario.Upstream.ImageBytes);
        Assert.Equal(2, (await scenario.ImagesAsync()).Count);
        foreach (var image in (JsonObject[])[debian, ubuntu])
            Assert.Equal(image.ToJsonString(), (await glance.ShowAsync((string)image["id"]!, Cancel))!.ToJsonString());
    }

    [Fact]
    public async Task A_mark_that_glances_own_digest_contradicts_counts_for_nothing()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        using var glance = await scenario.ProbeAsync();
        var published = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await LeaveAsync(scenario, glance, "Debian 12 [20240718]", "imgsync.sha512", published, content: [1, 2, 3]);

        var report = await scenario.SyncAsync("debian12");

        Assert.Equal(OutcomeKind.Published, Assert.Single(report.Outcomes).Kind);
        Assert.Equal(2, (await scenario.ImagesAsync()).Count);
    }

    /// <summary>As the older tool would have left it.</summary>
    private static async Task<JsonObject> LeaveAsync(
        Scenario scenario, GlanceProbe glance, string name, string mark, PublishedImage published, byte[]? content = null)
    {
        var id = await glance.CreateAsync(
            new()
            {
                ["name"] = scenario.Options.Publish.Prefix + name,
                ["visibility"] = "public",
                ["disk_format"] = "qcow2",
                ["container_format"] = "bare",
                ["architecture"] = "x86_64",
                ["os_type"] = "Linux",
                ["source"] = "imgsync",
                [mark] = published.Digest.Hex,
            },
            Cancel);
        await glance.UploadAsync(id, content ?? await File.ReadAllBytesAsync(published.File, Cancel), Cancel);
        return (await glance.ShowAsync(id, Cancel))!;
    }
}

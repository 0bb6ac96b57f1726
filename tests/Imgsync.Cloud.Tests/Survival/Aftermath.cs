using Imgsync.Core.Runs;

namespace Imgsync.Cloud.Tests.Survival;

/// <summary>What must be so after any crash and one normal run.</summary>
internal static class Aftermath
{
    /// <summary>Runs once more and asks that exactly one active image with the right digest is there, nothing half made is left at
    /// either end, and no byte came from upstream that was staged already.</summary>
    public static async Task AssertWholeAsync(this CrashScenario crash, string row)
    {
        var before = await crash.Base.ImagesAsync();
        var staged = await crash.StagedAsync();
        await crash.Staging.LetLeasesEndAsync();

        var report = await crash.SyncAsync();

        var outcome = Assert.Single(report.Outcomes);
        Assert.True(report.IsGood, $"{outcome.Reason} {string.Join(' ', report.Pruning.Failures)}");
        Assert.Equal(outcome.Kind is OutcomeKind.Published ? crash.Image!.Length - staged : 0, outcome.BytesDownloaded);
        var image = Assert.Single(await crash.Base.ImagesAsync());
        Assert.Equal("active, public", $"{image["status"]}, {image["visibility"]}");
        Assert.Equal(crash.Image!.Sha512.Hex, (string?)image["os_hash_value"]);
        Assert.Empty(await crash.Staging.LeftoversAsync());
        Story.Tell(
            row, $"left {Told(before)} in Glance and {staged} bytes in staging; after a normal run 1 active image, no leftover, "
                + $"{outcome.BytesDownloaded} of {crash.Image.Length} bytes downloaded");
    }

    private static string Told(IReadOnlyList<System.Text.Json.Nodes.JsonObject> images) => images.Count is 0
        ? "nothing"
        : string.Join(" and ", images.Select(image => $"an image {image["status"]} and {image["visibility"]}"));
}

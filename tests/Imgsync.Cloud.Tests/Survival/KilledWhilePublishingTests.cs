using Imgsync.Cloud.Tests.Pruning;
using static Imgsync.Testing.Moment;

namespace Imgsync.Cloud.Tests.Survival;

/// <summary>SIGKILL while the program uploads, verifies, publishes and prunes.</summary>
public sealed class KilledWhilePublishingTests(DevCloud cloud)
{
    public static TheoryData<string, KillRow> Publishing => new()
    {
        { "upload, in the middle of the body", new("PUT", KillRow.Content, MiddleOfBody(1_500_000)) },
        { "upload, all of it sent and the answer on its way", new("PUT", KillRow.Content, BeforeAnswer) },
        { "verify, before Glance is asked what it holds", new("GET", KillRow.Image, BeforeRequest, Nth: 2) },
        { "verify, in the middle of the answer", new("GET", KillRow.Image, MiddleOfAnswer(300), Nth: 2) },
        { "publish, before the patch", new("PATCH", KillRow.Image, BeforeRequest, Nth: 2) },
        { "publish, with its answer on its way", new("PATCH", KillRow.Image, BeforeAnswer, Nth: 2) },
    };

    public static TheoryData<string, KillRow> Pruning => new()
    {
        { "prune, in the middle of the list", new("GET", KillRow.HiddenOfAll, MiddleOfAnswer(60)) },
        { "prune, the stable name given and not yet taken back", new("PATCH", KillRow.Image, BeforeAnswer, Nth: 3) },
        { "prune, before the deletion", new("DELETE", KillRow.Image, BeforeRequest) },
        { "prune, with the deletion's answer on its way", new("DELETE", KillRow.Image, BeforeAnswer) },
    };

    [Theory]
    [Shows("killed-while-publishing-killed-at-the-cloud")]
    [MemberData(nameof(Publishing))]
    public async Task Killed_at_the_cloud(string row, KillRow at)
    {
        await using var crash = await CrashScenario.StartAsync(cloud);
        crash.Publish();

        await crash.KillAtAsync(at.HoldAt(crash.Glance));

        await crash.AssertWholeAsync(row);
    }

    [Theory]
    [Shows("killed-while-the-older-image-goes")]
    [MemberData(nameof(Pruning))]
    public async Task Killed_while_the_older_image_goes(string row, KillRow at)
    {
        await using var crash = await CrashScenario.StartAsync(cloud);
        crash.Base.Options =
            crash.Base.Options with { Publish = crash.Base.Options.Publish with { Keep = 1, LatestName = "{prefix}{title}" } };
        crash.Publish(mebibytes: 1, PruneScenario.First);
        await crash.SyncAsync();
        crash.Publish(mebibytes: 1, PruneScenario.Second);

        await crash.KillAtAsync(at.HoldAt(crash.Glance));

        Assert.Contains(await crash.Base.ImagesAsync(), image => (string?)image["status"] is "active");
        await crash.AssertWholeAsync(row);
        Assert.Equal(crash.Base.Options.Publish.Prefix + "Debian 12", (string?)(await crash.Base.ImagesAsync())[0]["name"]);
    }
}

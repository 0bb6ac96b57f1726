using static Imgsync.Testing.Moment;

namespace Imgsync.Cloud.Tests.Survival;

/// <summary>SIGKILL while the program asks, creates and downloads.</summary>
public sealed class KilledWhileReadingTests(DevCloud cloud)
{
    public static TheoryData<string, KillRow> Upstream => new()
    {
        { "resolve, before the manifest is asked for", new("GET", @"\.json$", BeforeRequest) },
        { "resolve, in the middle of the manifest", new("GET", @"\.json$", MiddleOfAnswer(700)) },
        { "resolve, with the checksums' answer on its way", new("GET", "SHA512SUMS$", BeforeAnswer) },
        { "stage, before the image is asked for", new("GET", @"\.qcow2$", BeforeRequest) },
        { "stage and upload, in the middle of the one pass", new("GET", @"\.qcow2$", MiddleOfAnswer((2 << 20) + 5000)) },
    };

    public static TheoryData<string, KillRow> Cloud => new()
    {
        { "settle, in the middle of the list", new("GET", @"^/v2/images\?", MiddleOfAnswer(100)) },
        { "create, before the request", new("POST", KillRow.Images, BeforeRequest) },
        { "create, with its answer on its way", new("POST", KillRow.Images, BeforeAnswer) },
        { "create, between the record and the rehearsal", new("PATCH", KillRow.Image, BeforeRequest) },
        { "upload, before the request", new("PUT", KillRow.Content, BeforeRequest) },
    };

    [Theory]
    [Shows("killed-at-the-publisher")]
    [MemberData(nameof(Upstream))]
    public async Task Killed_at_the_publisher(string row, KillRow at)
    {
        await using var crash = await CrashScenario.StartAsync(cloud);
        crash.Publish();

        await crash.KillAtAsync(at.HoldAt(crash.Upstream), bytes: at.Moment.Bytes / 2 >> 20 << 20);

        await crash.AssertWholeAsync(row);
    }

    [Theory]
    [Shows("killed-while-reading-killed-at-the-cloud")]
    [MemberData(nameof(Cloud))]
    public async Task Killed_at_the_cloud(string row, KillRow at)
    {
        await using var crash = await CrashScenario.StartAsync(cloud);
        crash.Publish();

        await crash.KillAtAsync(at.HoldAt(crash.Glance));

        await crash.AssertWholeAsync(row);
    }

    [Fact]
    [Shows("killed-while-signing-in")]
    public async Task Killed_while_signing_in()
    {
        await using var crash = await CrashScenario.StartAsync(cloud);
        crash.Publish();

        await crash.KillAtAsync(crash.Keystone.Hold("POST", "/auth/tokens$", BeforeAnswer));

        await crash.AssertWholeAsync("settle, with the token on its way");
    }
}

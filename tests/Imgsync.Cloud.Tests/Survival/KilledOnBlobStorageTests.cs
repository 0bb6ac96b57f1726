using static Imgsync.Testing.Moment;

namespace Imgsync.Cloud.Tests.Survival;

/// <summary>SIGKILL while the program writes to blob storage: the image in blocks, and the report.</summary>
[Long]
public sealed class KilledOnBlobStorageTests(DevCloud cloud, Azurite azurite)
{
    public static TheoryData<string, KillRow> Staging => new()
    {
        { "stage in blobs, in the middle of a block", new("PUT", "incoming.*comp=block&", MiddleOfBody(1 << 20), Nth: 2) },
        { "stage in blobs, before the blocks are committed", new("PUT", "incoming.*comp=blocklist", BeforeRequest, Nth: 3) },
        { "stage in blobs, with the commit's answer on its way", new("PUT", "incoming.*comp=blocklist", BeforeAnswer, Nth: 3) },
        { "stage in blobs, with the copy's answer on its way", new("PUT", @"/debian12/[^?]*\.qcow2$", BeforeAnswer) },
        { "stage in blobs, before the unfinished copy is deleted", new("DELETE", "incoming", BeforeRequest) },
    };

    public static TheoryData<string, KillRow> Reporting => new()
    {
        { "report, before it is written", new("PUT", "/reports/", BeforeRequest) },
        { "report, between the run's own and the last", new("PUT", @"/reports/last\.json", BeforeRequest) },
        { "report, with the last one's answer on its way", new("PUT", @"/reports/last\.json", BeforeAnswer) },
    };

    [Theory]
    [Shows("killed-while-staging")]
    [MemberData(nameof(Staging))]
    public async Task Killed_while_staging(string row, KillRow at)
    {
        await using var crash = await CrashScenario.StartAsync(cloud, azurite.ConnectionString);
        crash.Publish(mebibytes: 18);

        await crash.KillAtAsync(at.HoldAt(crash.Blobs!), bytes: 8 << 20);

        await crash.AssertWholeAsync(row);
    }

    [Theory]
    [Shows("killed-while-reporting")]
    [MemberData(nameof(Reporting))]
    public async Task Killed_while_reporting(string row, KillRow at)
    {
        await using var crash = await CrashScenario.StartAsync(cloud, azurite.ConnectionString);
        crash.Publish(mebibytes: 1);

        await crash.KillAtAsync(at.HoldAt(crash.Blobs!));

        await crash.AssertWholeAsync(row);
    }
}

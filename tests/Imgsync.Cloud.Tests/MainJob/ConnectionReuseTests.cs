using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.MainJob;

/// <summary>Connections upstream are kept and used again: a run opens no more of them than it does things at once.</summary>
public sealed class ConnectionReuseTests(DevCloud cloud)
{
    [Fact]
    public async Task Two_images_from_one_host_take_no_more_connections_than_two_requests_at_once_need()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        scenario.Tree.PublishDebian(DebianRelease.Trixie, "20250814-2204");
        await using var upstream = new FaultProxy(scenario.Upstream.Url);
        scenario.ReadDebianFrom(upstream.Url);
        scenario.Options = scenario.Options with { MaxParallel = 2 };

        var report = await scenario.SyncAsync("debian12", "debian13");

        Assert.All(report.Outcomes, outcome => Assert.Equal(OutcomeKind.Published, outcome.Kind));
        Assert.InRange(scenario.Upstream.Requests.Count, 6, int.MaxValue);
        Assert.InRange(upstream.Connections, 1, 2);
    }
}

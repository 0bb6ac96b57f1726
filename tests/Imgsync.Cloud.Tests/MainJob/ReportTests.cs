using Imgsync.Core.Runs;
using Imgsync.Core.Staging.Folders;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.MainJob;

public sealed class ReportTests(DevCloud cloud)
{
    [Fact]
    public async Task A_run_leaves_its_report_where_the_hosted_one_does()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");

        var first = await scenario.SyncAsync("debian12", "debian13");
        var second = await scenario.SyncAsync("debian12");

        var reports = new ReportStore(new FolderDocumentStore(scenario.StagingFolder));
        var kept = await reports.FindAsync(first.Run, TestContext.Current.CancellationToken);
        Assert.Equivalent(first, kept, strict: true);
        Assert.Equal(second.Run, (await reports.FindLastAsync(TestContext.Current.CancellationToken))?.Run);
    }
}

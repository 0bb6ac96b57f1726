using Imgsync.Cloud.Tests.Hosted;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Functions.Tests.Engine;
using Imgsync.Functions.Workflow;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.Secrets;

/// <summary>The hosted workflow over real services, with marked secrets and every failure that can be provoked: neither the log at its
/// most verbose, nor the workflow's history and status, nor a report or anything else in staging holds one of them.</summary>
public sealed class HostedSecretTests(WorkflowEngine engine, DevCloud cloud, Azurite azurite)
{
    public static TheoryData<string> Failures => [.. Provocation.All.Keys];

    [Theory]
    [Shows("no-secret-is-written-anywhere-whatever-fails")]
    [MemberData(nameof(Failures))]
    public async Task No_secret_is_written_anywhere_whatever_fails(string failure)
    {
        await using var hosted = await HostedScenario.StartAsync(engine, cloud, azurite.ConnectionString);
        await using var stage = new Stage(cloud.GlanceUrl, azurite.ConnectionString);
        hosted.Base.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        hosted.Base.Options = Provocation.All[failure].Arrange(
            hosted, stage, hosted.Base.Options with { Upstream = new UpstreamOptions { Retries = 1 } });

        RunSummary? summary = null;
        var thrown = await Record.ExceptionAsync(async () => (_, summary) = await hosted.RunAsync(RunId.Parse("20240718T090000Z-0001")));

        var written = await Written.CollectAsync(hosted, thrown);
        Assert.Contains(
            Provocation.All[failure].Expected, written.All + System.Text.Json.JsonSerializer.Serialize(summary), StringComparison.Ordinal);
        written.AssertHoldsNone([Provocation.Mark, Provocation.MarkedKey, hosted.Base.Cloud.Auth.Password!.Reveal(), AccountKey]);
    }

    private string AccountKey =>
        azurite.ConnectionString.Split(';').Single(
            part => part.StartsWith("AccountKey=", StringComparison.Ordinal))["AccountKey=".Length..];
}

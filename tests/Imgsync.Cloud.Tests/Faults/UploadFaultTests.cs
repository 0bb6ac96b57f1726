using System.Security.Cryptography;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;
using static Imgsync.Testing.Moment;

namespace Imgsync.Cloud.Tests.Faults;

/// <summary>Uploads to the real Glance through a proxy that answers in its place: too late, when Glance has the image, or too early.</summary>
public sealed class UploadFaultTests(DevCloud cloud, SpoiltGlance spoilt) : IClassFixture<SpoiltGlance>
{
    private const string Content = "^/v2/images/[^/]+/file$";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(null)]
    public async Task An_image_whose_upload_was_answered_by_a_proxy_is_published_all_the_same(int? status)
    {
        await using var scenario = await StartAsync(cloud);
        await using var proxy = Through(scenario, cloud);
        if (status is { } code)
            proxy.AnswerAll("PUT", Content, BeforeAnswer, code, "<html><h1>Gateway</h1></html>");
        else
            proxy.CutAll("PUT", Content, BeforeAnswer);

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(OutcomeKind.Published, outcome.Kind);
        Assert.Equal("active", (string?)Assert.Single(await scenario.ImagesAsync())["status"]);
        Assert.Single(proxy.Requests, request => request.StartsWith("PUT", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(413, "client_max_body_size")]
    [InlineData(401, "check that the endpoint belongs to this Keystone")]
    [InlineData(403, "give the user a role that may do this")]
    [InlineData(502, "502")]
    public async Task A_refusal_before_the_body_leaves_the_staged_copy_as_it_is(int status, string told)
    {
        await using var scenario = await StartAsync(cloud);
        await using var proxy = Through(scenario, cloud);
        proxy.AnswerAll("PUT", Content, BeforeRequest, status, "<html><h1>No</h1></html>");
        scenario.Options = scenario.Options with { Publish = scenario.Options.Publish with { Upload = UploadMethod.Stream } };

        await AssertKeepsItsCopyAsync(scenario, told);
    }

    [Fact]
    public async Task A_full_quota_leaves_the_staged_copy_as_it_is()
    {
        await using var scenario = await StartAsync(spoilt.Cloud);
        await spoilt.Cloud.SetQuotaAsync(100_000, Cancel);
        try
        {
            await AssertKeepsItsCopyAsync(scenario, "user_storage_quota");
        }
        finally
        {
            await spoilt.Cloud.SetQuotaAsync(0, Cancel);
        }
    }

    private static async Task AssertKeepsItsCopyAsync(Scenario scenario, string told)
    {
        await scenario.SyncAsync(new RunRequest { Distributions = ["debian12"], DownloadOnly = true });
        var staged = Staged(scenario);

        // Whether the pass or the request notices first is a matter of chance.
        for (var run = 0; run < 10; run++)
        {
            var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

            Assert.Equal(OutcomeKind.Failed, outcome.Kind);
            Assert.Contains(told, outcome.Reason, StringComparison.Ordinal);
            Assert.Equal(staged, Staged(scenario));
        }

        Assert.Empty(await scenario.ImagesAsync());
    }

    /// <summary>The staged image and what is known of it, by content.</summary>
    private static Dictionary<string, string> Staged(Scenario scenario) => Directory
        .GetFiles(scenario.StagingFolder, "sha*", SearchOption.AllDirectories)
        .ToDictionary(file => file, file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))), StringComparer.Ordinal);

    private static RequestGate Through(Scenario scenario, DevCloud cloud)
    {
        var proxy = new RequestGate(cloud.GlanceUrl);
        scenario.Options = scenario.Options with { Clouds = [scenario.Cloud with { ImageEndpoint = proxy.Url }] };
        return proxy;
    }

    private static async Task<Scenario> StartAsync(DevCloud cloud)
    {
        var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: new Qcow2Builder { DataSize = 4 << 20 });
        return scenario;
    }
}

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.MainJob;

/// <summary>What was published = what was read = what is staged = what was sent = what Glance says it holds.</summary>
public sealed class DigestChainTests(DevCloud cloud)
{
    private const string Version = "20240717-1811";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Shows("what-was-published-is-what-was-read-staged-sent-and-is-held")]
    public async Task What_was_published_is_what_was_read_staged_sent_and_is_held()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var published = scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        var image = Assert.Single(await scenario.ImagesAsync());
        var stored = await File.ReadAllBytesAsync(Path.Combine(cloud.StoreFolder, (string)image["id"]!), Cancel);
        Assert.Equal(
            (published.Sha256, published.Sha512, published.Length),
            (outcome.Content!.Sha256, outcome.Content.Sha512, outcome.Content.Length));
        Assert.Equal(published.Sha512.Hex, Hex(await File.ReadAllBytesAsync(Staged(scenario), Cancel)));
        Assert.Equal(published.Sha512.Hex, Hex(stored));
        Assert.Equal(("sha512", published.Sha512.Hex), ((string?)image["os_hash_algo"], (string?)image["os_hash_value"]));
        Assert.Equal((published.Sha256.Hex, published.Sha512.Hex), ((string?)image["imgsync.sha256"], (string?)image["imgsync.sha512"]));
    }

    /// <summary>This Glance says by SHA-512 what it holds, as one learns from the first image there.</summary>
    [Fact]
    public async Task Only_the_digests_that_are_needed_are_computed()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);
        scenario.Tree.PublishDebian(DebianRelease.Trixie, Version);
        scenario.Tree.PublishUbuntu("noble", "20240921");
        await scenario.SyncAsync("debian12");

        var report = await scenario.SyncAsync("debian13", "ubuntu24");

        Assert.Equal([OutcomeKind.Published, OutcomeKind.Published], report.Outcomes.Select(outcome => outcome.Kind));
        Assert.Equal(["debian12 sha256 sha512", "debian13 sha512", "ubuntu24 sha256 sha512"], await DigestsAsync());
        Assert.All((await scenario.SyncAsync("debian12", "debian13")).Outcomes, outcome => Assert.Equal(OutcomeKind.UpToDate, outcome.Kind));

        // From a staged copy, of which SHA-256 was not computed.
        scenario.Options = scenario.Options with { Upstream = scenario.Options.Upstream with { Digests = DigestPolicy.All } };
        await scenario.SyncAsync(new RunRequest { Distributions = ["debian13"], Force = true });
        Assert.Equal(["debian12 sha256 sha512", "debian13 sha256 sha512", "ubuntu24 sha256 sha512"], await DigestsAsync());

        async Task<IEnumerable<string>> DigestsAsync() => (await scenario.ImagesAsync()).Select(InWords).Order(StringComparer.Ordinal);

        static string InWords(JsonNode image) => string.Join(
            ' ', [(string)image["imgsync.distribution"]!, .. new[] { "sha256", "sha512" }.Where(name => image[$"imgsync.{name}"] is not null)]);
    }

    [Fact]
    [Shows("a-staged-copy-that-was-changed-is-named-removed-and-fetched-anew")]
    public async Task A_staged_copy_that_was_changed_is_named_removed_and_fetched_anew()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var published = scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);
        await scenario.SyncAsync(new RunRequest { Distributions = ["debian12"], DownloadOnly = true });
        await using (var staged = File.Open(Staged(scenario), FileMode.Open))
        {
            staged.Position = staged.Length - 1;
            staged.WriteByte(0x5a);
        }

        var first = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);
        Assert.Empty(await scenario.ImagesAsync());
        var second = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.StartsWith("The staged copy debian12/sha512-", first.Reason, StringComparison.Ordinal);
        Assert.Contains("is damaged and was removed", first.Reason, StringComparison.Ordinal);
        Assert.Equal((OutcomeKind.Published, published.Length), (second.Kind, second.BytesDownloaded));
    }

    [Fact]
    [Shows("who-signed-stands-in-the-report-and-on-the-image")]
    public async Task Who_signed_stands_in_the_report_and_on_the_image()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishUbuntu("noble", "20240921");
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);

        var report = await scenario.SyncAsync("ubuntu24", "debian12");

        var images = (await scenario.ImagesAsync()).ToDictionary(image => (string)image["imgsync.distribution"]!, StringComparer.Ordinal);
        Assert.Equal(
            [$"signed by {scenario.Tree.Key.Fingerprint}", "digest over plain http, not signed"], report.Outcomes.Select(
                outcome => outcome.Provenance));
        Assert.Equal(scenario.Tree.Key.Fingerprint, (string?)images["ubuntu24"]["imgsync.signed_by"]);
        Assert.Null(images["debian12"]["imgsync.signed_by"]);
    }

    private static string Hex(byte[] content) => Convert.ToHexStringLower(SHA512.HashData(content));

    private static string Staged(Scenario scenario) =>
        Directory.GetFiles(scenario.StagingFolder, "*.qcow2", SearchOption.AllDirectories).Single();
}

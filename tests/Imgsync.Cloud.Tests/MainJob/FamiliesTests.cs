using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.MainJob;

/// <summary>Every entry of the catalogue in its publisher's layout: found for every architecture, and published into a real Glance for the
/// first, since that takes a third of a second each.</summary>
[Long]
public sealed class FamiliesTests(DevCloud cloud)
{
    private static readonly string[] All = ["family:*"];

    private static readonly string[] FirstOfEach = ["family:*", "-arm64", "-ppc64el", "-s390x", "-riscv64", "-amd64v2"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_entry_is_found_proven_and_published_and_only_what_moves_is_published_again()
    {
        await using var scenario = await Scenario.StartAsync(cloud, lists: true);
        var tree = new FamilyTree(scenario.Tree.Folder, scenario.Upstream.Url, scenario.Tree.Key);
        tree.Publish(0);
        await WriteCatalogAsync(scenario, tree);
        var catalogue = CatalogLoader.Load(scenario.Options.Catalog, scenario.Options.Publishers).All;
        Assert.Equal(
            catalogue.Select(spec => spec.Key).Except(["cirros", "golden"], StringComparer.Ordinal).Order(StringComparer.Ordinal),
            tree.Newest.Keys.Order(StringComparer.Ordinal));

        var found = await scenario.SyncAsync(new RunRequest { Distributions = All, DryRun = true });
        Assert.All(found.Outcomes, outcome => Assert.True(outcome.Kind is OutcomeKind.WouldPublish, $"{outcome.Distribution}: {outcome.Reason}"));
        Assert.Equal(
            tree.Newest.Select(one => $"{one.Key} {one.Value.Revision}").Concat(["cirros 7.2", "golden 7.2"]).Order(StringComparer.Ordinal),
            found.Outcomes.Select(outcome => $"{outcome.Distribution} {outcome.Revision}").Order(StringComparer.Ordinal));

        var first = await scenario.SyncAsync(FirstOfEach);

        Assert.All(first.Outcomes, outcome => Assert.True(outcome.Kind is OutcomeKind.Published, $"{outcome.Distribution}: {outcome.Reason}"));
        var keys = first.Outcomes.Select(outcome => outcome.Distribution).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(
            catalogue.Select(spec => spec.Family).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            catalogue.Where(spec => keys.Contains(spec.Key)).Select(spec => spec.Family).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.InRange(keys.Count, 60, 80);
        var images = (await scenario.ImagesAsync()).ToDictionary(image => (string)image["imgsync.distribution"]!, StringComparer.Ordinal);
        Assert.All(tree.Newest.Where(one => keys.Contains(one.Key)), published => AssertPublished(published.Value, images[published.Key]));
        Assert.Equal(("private", "7.2"), ((string?)images["golden"]["visibility"], (string?)images["golden"]["imgsync.revision"]));
        Assert.Equal(
            ("almalinux 9 10", "fedora 44 5", "fedora 43 5", "alpine 3.24.1 2", "amzn 2023 25", "flatcar stable 10", "kali rolling 25"),
            (Of("almalinux9"), Of("fedora"), Of("fedora-previous"), Of("alpine"), Of("amazon2023"), Of("flatcar-stable"), Of("kali")));
        Assert.Equal("bios", (string?)images["centos-stream9"]["hw_firmware_type"]);
        Assert.Equal(("raw", "raw", "qcow2"), (Form("kali"), Form("talos"), Form("fedora-coreos")));
        Assert.All(
            new[] { "gentoo", "alpine", "fedora-coreos", "freebsd15", "almalinux10", "ubuntu24-minimal" },
            key => Assert.Equal(scenario.Tree.Key.Fingerprint, (string?)images[key]["imgsync.signed_by"]));
        Assert.All(new[] { "centos-stream9", "talos", "kali" }, key => Assert.Null(images[key]["imgsync.signed_by"]));

        var sent = scenario.Upstream.ImageBytes;
        var again = await scenario.SyncAsync(FirstOfEach);
        Assert.All(again.Outcomes, outcome => Assert.True(outcome.Kind is OutcomeKind.UpToDate, $"{outcome.Distribution}: {outcome.Reason}"));
        Assert.Equal(sent, scenario.Upstream.ImageBytes);

        // The others would show it if a publisher's news moved them, too.
        string[] half = ["almalinux", "oracle", "amazon", "fedora", "fedora-coreos", "flatcar", "alpine", "kali", "ubuntu"];
        var before = tree.Newest.ToDictionary(StringComparer.Ordinal);
        tree.Publish(1, half);
        var third = await scenario.SyncAsync(FirstOfEach);
        Assert.Equal(
            tree.Newest.Where(one => keys.Contains(one.Key) && before[one.Key] != one.Value).Select(one => $"{one.Key} {one.Value.Revision}").Order(StringComparer.Ordinal),
            third.Outcomes.Where(outcome => outcome.Kind is OutcomeKind.Published).Select(outcome => $"{outcome.Distribution} {outcome.Revision}")
                .Order(StringComparer.Ordinal));
        Assert.DoesNotContain(third.Outcomes, outcome => outcome.Failure is not null);

        string Of(string key) => $"{images[key]["os_distro"]} {images[key]["os_version"]} {images[key]["min_disk"]}";

        string? Form(string key) => (string?)images[key]["disk_format"];
    }

    private static void AssertPublished(PublishedImage published, JsonNode image)
    {
        Assert.Equal(
            ((published.UnpackedSha512 ?? published.Sha512).Hex, published.Sha512.Hex, published.UnpackedSha512?.Hex, published.Revision, "public"),
            ((string?)image["os_hash_value"], (string?)image["imgsync.sha512"], (string?)image["imgsync.unpacked_sha512"],
                (string?)image["imgsync.revision"], (string?)image["visibility"]));
    }

    private static async Task WriteCatalogAsync(Scenario scenario, FamilyTree tree)
    {
        var golden = Path.Combine(scenario.Tree.Folder, "golden.qcow2");
        new Qcow2Builder { Seed = 7 }.WriteTo(golden);
        var catalog = JsonNode.Parse(scenario.Tree.CatalogJson())!.AsObject();
        foreach (var (name, publisher) in tree.Publishers())
            catalog["publishers"]![name] = publisher!.DeepClone();
        catalog["distributions"] = new JsonObject
        {
            ["golden"] = Pinned(golden, "Golden"),

            // The catalogue's own has the digest of the real image.
            ["cirros"] = Pinned(golden, "CirrOS"),
        };
        await File.WriteAllTextAsync(scenario.Options.Catalog!, catalog.ToJsonString(), Cancel);
        scenario.Options = scenario.Options with
        {
            Publishers = FamilyTree.Places.ToDictionary(name => name, name => new Uri(scenario.Upstream.Url, name + "/"), StringComparer.Ordinal),
        };
    }

    private static JsonObject Pinned(string file, string title) => new()
    {
        ["url"] = new Uri(file).AbsoluteUri,
        ["digest"] = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))),
        ["revision"] = "7.2",
        ["title"] = title,
        ["architectures"] = new JsonArray("Amd64"),
        ["osDistro"] = "acme",
        ["osVersion"] = "7",
        ["adminUser"] = "root",
    };
}

using System.Text.Json.Nodes;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.MainJob;

/// <summary>Every family of the catalogue in its publisher's layout, into a real Glance.</summary>
public sealed class FamiliesTests(DevCloud cloud)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_family_is_found_proven_and_published_and_only_what_moves_is_published_again()
    {
        await using var scenario = await Scenario.StartAsync(cloud, lists: true);
        var tree = new FamilyTree(scenario.Tree.Folder, scenario.Upstream.Url, scenario.Tree.Key);
        tree.Publish(0);
        var golden = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await WriteCatalogAsync(scenario, tree, golden);
        string[] keys = [.. tree.Newest.Keys, "golden"];

        var first = await scenario.SyncAsync(keys);

        Assert.All(first.Outcomes, outcome => Assert.True(outcome.Kind is OutcomeKind.Published, $"{outcome.Distribution}: {outcome.Reason}"));
        Assert.Equal(keys.Order(StringComparer.Ordinal), first.Outcomes.Select(outcome => outcome.Distribution).Order(StringComparer.Ordinal));
        var images = (await scenario.ImagesAsync()).ToDictionary(image => (string)image["imgsync.distribution"]!, StringComparer.Ordinal);
        Assert.All(tree.Newest, published =>
        {
            var image = images[published.Key];
            Assert.Equal((published.Value.Sha512.Hex, published.Value.Revision), ((string?)image["os_hash_value"], (string?)image["imgsync.revision"]));
            Assert.Equal("public", (string?)image["visibility"]);
        });
        Assert.Equal(("private", "7.2"), ((string?)images["golden"]["visibility"], (string?)images["golden"]["imgsync.revision"]));
        Assert.Equal(
            ("almalinux 9 10", "fedora 44 5", "fedora 43 5", "alpine 3.24.1 2", "amzn 2023 25", "flatcar stable 10"),
            (Of("almalinux9"), Of("fedora"), Of("fedora-previous"), Of("alpine"), Of("amazon2023"), Of("flatcar-stable")));
        Assert.Equal("bios", (string?)images["centos-stream9"]["hw_firmware_type"]);
        Assert.Equal(scenario.Tree.Key.Fingerprint, (string?)images["gentoo"]["imgsync.signed_by"]);
        Assert.Null(images["centos-stream9"]["imgsync.signed_by"]);

        var sent = scenario.Upstream.ImageBytes;
        var again = await scenario.SyncAsync(keys);
        Assert.All(again.Outcomes, outcome => Assert.True(outcome.Kind is OutcomeKind.UpToDate, $"{outcome.Distribution}: {outcome.Reason}"));
        Assert.Equal(sent, scenario.Upstream.ImageBytes);

        // The others would show it if a publisher's news moved them, too.
        string[] half = ["almalinux", "oracle", "amazon", "fedora", "flatcar", "alpine"];
        var before = tree.Newest.ToDictionary(StringComparer.Ordinal);
        tree.Publish(1, half);
        var third = await scenario.SyncAsync(keys);
        Assert.Equal(
            tree.Newest.Where(one => before[one.Key] != one.Value).Select(one => $"{one.Key} {one.Value.Revision}").Order(StringComparer.Ordinal),
            third.Outcomes.Where(outcome => outcome.Kind is OutcomeKind.Published).Select(outcome => $"{outcome.Distribution} {outcome.Revision}")
                .Order(StringComparer.Ordinal));
        Assert.DoesNotContain(third.Outcomes, outcome => outcome.Failure is not null);

        string Of(string key) => $"{images[key]["os_distro"]} {images[key]["os_version"]} {images[key]["min_disk"]}";
    }

    private static async Task WriteCatalogAsync(Scenario scenario, FamilyTree tree, PublishedImage golden)
    {
        var catalog = JsonNode.Parse(scenario.Tree.CatalogJson())!.AsObject();
        foreach (var (name, publisher) in tree.Publishers())
            catalog["publishers"]![name] = publisher!.DeepClone();
        catalog["distributions"] = new JsonObject
        {
            ["golden"] = new JsonObject
            {
                ["url"] = new Uri(golden.File).AbsoluteUri,
                ["digest"] = golden.Sha512.ToString(),
                ["revision"] = "7.2",
                ["title"] = "Golden",
                ["architectures"] = new JsonArray("Amd64"),
                ["osDistro"] = "acme",
                ["osVersion"] = "7",
                ["adminUser"] = "root",
            },
        };
        await File.WriteAllTextAsync(scenario.Options.Catalog!, catalog.ToJsonString(), Cancel);
        var places = new[] { "almalinux", "rocky", "centos", "oracle", "amazon", "fedora", "opensuse", "flatcar", "arch", "alpine", "gentoo" };
        scenario.Options = scenario.Options with
        {
            Publishers = places.ToDictionary(name => name, name => new Uri(scenario.Upstream.Url, name + "/"), StringComparer.Ordinal),
        };
    }
}

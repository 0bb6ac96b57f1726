using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.MainJob;

/// <summary>Packed images and signatures over images, as they should not be.</summary>
public sealed class PackedImageTests(DevCloud cloud)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_not_as_published_leaves_nothing_in_Glance_and_a_damaged_copy_is_fetched_anew()
    {
        await using var scenario = await Scenario.StartAsync(cloud, lists: true);
        var tree = new FamilyTree(scenario.Tree.Folder, scenario.Upstream.Url, scenario.Tree.Key);
        tree.Publish(0, "fedora-coreos", "freebsd", "kali", "alpine", "talos");
        await File.WriteAllTextAsync(
            scenario.Options.Catalog!, new JsonObject { ["publishers"] = tree.Publishers() }.ToJsonString(), Cancel);
        scenario.Options = scenario.Options with
        {
            Publishers = FamilyTree.Places.ToDictionary(name => name, name => new Uri(scenario.Upstream.Url, name + "/"), StringComparer.Ordinal),
            Upstream = scenario.Options.Upstream with { MaxUnpackedBytes = 1 << 20 },
        };

        // Signed, but not these bytes: somebody who can write the unsigned list has put his image there.
        var alpine = tree.Newest["alpine"];
        new Qcow2Builder { Seed = 99 }.WriteTo(alpine.File);
        await File.WriteAllTextAsync(alpine.File + ".sha512", Hex(SHA512.HashData(await File.ReadAllBytesAsync(alpine.File, Cancel))), Cancel);

        // The digest of what is inside is another.
        var document = Path.Combine(scenario.Tree.Folder, "fedora-coreos/streams/stable.json");
        await ReplaceAsync(document, tree.Newest["fedora-coreos"].UnpackedSha256!.Hex, new string('e', 64));

        // Not what its name says.
        var freeBsd = tree.Newest["freebsd15"];
        await File.WriteAllBytesAsync(freeBsd.File, new byte[5000], Cancel);
        var website = Path.Combine(scenario.Tree.Folder, $"freebsd.org/releases/{freeBsd.Revision}R/checksums/CHECKSUM.SHA512-FreeBSD-{freeBsd.Revision}-RELEASE-amd64-vm.asc");
        await File.WriteAllTextAsync(website, scenario.Tree.Key.ClearSign($"SHA512 ({Path.GetFileName(freeBsd.File)}) = {Hex(SHA512.HashData(new byte[5000]))}"), Cancel);

        var refused = await scenario.SyncAsync("alpine", "fedora-coreos", "freebsd15", "kali");

        var reasons = refused.Outcomes.ToDictionary(outcome => outcome.Distribution, outcome => $"{outcome.Failure}: {outcome.Reason}", StringComparer.Ordinal);
        Assert.Contains(".qcow2.asc is refused: it does not match the content", reasons["alpine"], StringComparison.Ordinal);
        Assert.Contains($"does not hash to sha256:{new string('e', 64)}", reasons["fedora-coreos"], StringComparison.Ordinal);
        Assert.Contains("is not a whole xz file", reasons["freebsd15"], StringComparison.Ordinal);
        Assert.Contains("unpacks to more than 1 MiB", reasons["kali"], StringComparison.Ordinal);
        Assert.Empty(await scenario.ImagesAsync());

        // A staged copy that changed behind our back.
        scenario.Options = scenario.Options with { Upstream = scenario.Options.Upstream with { MaxUnpackedBytes = 1L << 30 } };
        var staged = Assert.Single(Directory.GetFiles(scenario.Options.Staging.Folder!, "*.xz", SearchOption.AllDirectories), file => file.Contains("/kali/", StringComparison.Ordinal));
        UpstreamTree.DamageImage(tree.Newest["kali"] with { File = staged });
        var sent = scenario.Upstream.ImageBytes;

        var damaged = Assert.Single((await scenario.SyncAsync("kali")).Outcomes);
        Assert.Contains("is damaged and was removed: it does not hash to", damaged.Reason, StringComparison.Ordinal);

        var mended = await scenario.SyncAsync("kali", "talos");

        Assert.All(mended.Outcomes, outcome => Assert.True(outcome.Kind is OutcomeKind.Published, $"{outcome.Distribution}: {outcome.Reason}"));
        Assert.Equal(sent + tree.Newest["kali"].Length + tree.Newest["talos"].Length, scenario.Upstream.ImageBytes);
        Assert.Equal(
            tree.Newest["kali"].UnpackedSha512!.Hex,
            (string?)(await scenario.ImagesAsync()).Single(image => (string?)image["imgsync.distribution"] is "kali")["os_hash_value"]);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static async Task ReplaceAsync(string file, string old, string now) =>
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file, Cancel)).Replace(old, now, StringComparison.Ordinal), Cancel);
}

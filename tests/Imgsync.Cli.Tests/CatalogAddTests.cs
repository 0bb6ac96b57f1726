using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CliWrap.Buffered;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary><c>imgsync catalog add</c>, with a web server that lists directories, and a real Glance at the end.</summary>
public sealed class CatalogAddTests(DevCloud cloud) : IAsyncLifetime
{
    private readonly SigningKey _key = SigningKey.Shared;
    private SyncScenario _scenario = null!;
    private FolderServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Folder => Path.Combine(_scenario.Program.Home, "web");

    private string Catalogue => Path.Combine(_scenario.Program.Home, "catalog.json");

    private Uri Images => new(_server.Url, "images/acme/");

    public async ValueTask InitializeAsync()
    {
        _scenario = await SyncScenario.StartAsync(cloud);
        Directory.CreateDirectory(Path.Combine(Folder, "images", "acme"));
        _server = await FolderServer.StartAsync(Folder, Cancel, lists: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _scenario.DisposeAsync();
    }

    [Fact]
    public async Task An_image_whose_server_lists_other_revisions_is_followed_signed_only_by_a_key_that_somebody_trusts()
    {
        Publish("Acme-9-Cloud-9.8-20260401.0.x86_64.qcow2", "Acme-9-Cloud-9.8-20260526.0.x86_64.qcow2", "Acme-9-Cloud-Beta-9.9-1.x86_64.qcow2",
            "Acme-9-Cloud-9.8-20260526.0.x86_64.raw");
        List("SHA256SUMS", signed: true);
        var image = new Uri(Images, "Acme-9-Cloud-9.8-20260526.0.x86_64.qcow2").AbsoluteUri;
        _scenario.Program.Environment["IMGSYNC__SIGNATURES__KEYRINGS__0"] = _key.ArmouredPublicKey;
        _scenario.Program.Environment["IMGSYNC__SIGNATURES__KEYSERVER"] = "";

        var unsigned = await RunAsync("catalog", "add", image, "--key", "acme9", "--login", "acme");
        var again = await RunAsync("catalog", "add", image, "--key", "acme9", "--trust", _key.Fingerprint);
        var wrong = await RunAsync("catalog", "add", image, "--key", "acme9", "--trust", new string('A', 40), "--force");
        var before = JsonNode.Parse(await File.ReadAllTextAsync(Catalogue, Cancel))!;
        var signed = await RunAsync("catalog", "add", image, "--key", "acme9", "--trust", _key.Fingerprint, "--force", "--json");

        Assert.Equal((0, 2, 1, 0), (unsigned.ExitCode, again.ExitCode, wrong.ExitCode, signed.ExitCode));
        Assert.Contains($"says that {_key.Fingerprint} signed the list: compare that fingerprint", unsigned.StandardError, StringComparison.Ordinal);
        Assert.Contains("catalog.json has publishers.acme9 already: give --force", again.StandardError, StringComparison.Ordinal);
        Assert.Contains("The signature of", wrong.StandardError, StringComparison.Ordinal);
        Assert.Equal("None", (string?)before["publishers"]!["acme9"]!["signature"]);
        await AnswerSchemaTests.IsValidAsync("catalog-add", signed.StandardOutput);
        var answer = JsonNode.Parse(signed.StandardOutput)!;
        Assert.Equal((true, true, _key.Fingerprint), ((bool)answer["follows"]!, (bool)answer["written"]!, (string?)answer["signedBy"]));
        var entry = JsonNode.Parse(await File.ReadAllTextAsync(Catalogue, Cancel))!;
        Assert.Equal(
            ("Digests", "Required", "SHA256SUMS.asc", "Acme-9-Cloud-{revision}.x86_64.qcow2", "Acme 9 Cloud", "private"),
            ((string?)entry["publishers"]!["acme9"]!["newest"]!["in"], (string?)entry["publishers"]!["acme9"]!["signature"],
                (string?)entry["publishers"]!["acme9"]!["signatureFile"]!["file"], (string?)entry["distributions"]!["acme9"]!["image"],
                (string?)entry["distributions"]!["acme9"]!["title"], (string?)entry["distributions"]!["acme9"]!["visibility"]));

        Assert.Equal("Acme-9-Cloud-{revision}.x86_64.raw", (string?)entry["distributions"]!["acme9"]!["rawImage"]);
        Assert.Contains("The publisher has it as a raw file, too", signed.StandardError + answer["notes"], StringComparison.Ordinal);

        Publish("Acme-9-Cloud-9.9-20261101.0.x86_64.qcow2");
        List("SHA256SUMS", signed: true);
        var check = await RunAsync("catalog", "check", Catalogue);
        var resolved = await RunAsync("resolve", "acme9", "--json", "--set", $"catalog={Catalogue}");

        Assert.Equal((0, 0), (check.ExitCode, resolved.ExitCode));
        var offer = JsonNode.Parse(resolved.StandardOutput)![0]!;
        Assert.Equal(("9.9-20261101.0", _key.Fingerprint), ((string?)offer["revision"], (string?)offer["provenance"]!["signedBy"]));
    }

    [Fact]
    public async Task What_a_server_does_not_tell_is_asked_for_and_what_it_tells_twice_has_to_agree()
    {
        Publish("golden.qcow2", "packed.qcow2");
        await File.WriteAllBytesAsync(InFolder("packed.qcow2"), [0xFD, .. "7zXZ"u8, 0, 0, 4], Cancel);
        var image = new Uri(Images, "golden.qcow2").AbsoluteUri;
        var sha256 = Sha256("golden.qcow2");

        var asked = await RunAsync("catalog", "add", image);
        var shown = await RunAsync("catalog", "add", image, "--digest", $"sha256:{sha256}", "--arch", "arm64", "--min-disk", "20", "--dry-run");
        var packed = await RunAsync("catalog", "add", new Uri(Images, "packed.qcow2").AbsoluteUri, "--pin");
        var pinned = await RunAsync("catalog", "add", image, "--pin", "--name", "Golden", "--dry-run");
        await File.WriteAllTextAsync(InFolder("golden.qcow2.sha256"), sha256 + "\n", Cancel);
        var listed = await RunAsync("catalog", "add", image, "--dry-run");
        await File.WriteAllTextAsync(InFolder("SHA256SUMS"), $"{new string('0', 64)}  golden.qcow2\n", Cancel);
        var split = await RunAsync("catalog", "add", image);

        Assert.Equal((2, 0, 1, 0, 0, 1), (asked.ExitCode, shown.ExitCode, packed.ExitCode, pinned.ExitCode, listed.ExitCode, split.ExitCode));
        Assert.Contains("give the digest that its publisher tells with --digest sha256:…, or --pin", asked.StandardError, StringComparison.Ordinal);
        var entry = JsonNode.Parse(shown.StandardOutput)!["distributions"]!["golden-arm64"]!;
        Assert.Equal((image, $"sha256:{sha256}", "Arm64", 20), ((string?)entry["url"], (string?)entry["digest"], (string?)entry["architectures"]![0], (int)entry["minDisk"]!));
        Assert.Contains("is an xz archive", packed.StandardError, StringComparison.Ordinal);
        Assert.Contains("Trust on first use", pinned.StandardError, StringComparison.Ordinal);
        Assert.StartsWith("sha512:", (string?)JsonNode.Parse(pinned.StandardOutput)!["distributions"]!["golden"]!["digest"], StringComparison.Ordinal);
        Assert.Equal($"sha256:{sha256}", (string?)JsonNode.Parse(listed.StandardOutput)!["distributions"]!["golden"]!["digest"]);
        Assert.Contains("no signature lies beside", listed.StandardError, StringComparison.Ordinal);
        Assert.Contains("give golden.qcow2 two different digests", split.StandardError, StringComparison.Ordinal);
        Assert.False(File.Exists(Catalogue));
    }

    [Fact]
    public async Task A_local_file_packed_or_not_is_hashed_and_a_sync_publishes_it_for_its_project_alone()
    {
        Publish("acme-7.2.qcow2");
        await using (var gz = new GZipStream(File.Create(InFolder("small-1.0-aarch64.img.gz")), CompressionLevel.Fastest))
            await gz.WriteAsync(await File.ReadAllBytesAsync(InFolder("acme-7.2.qcow2"), Cancel), Cancel);
        await File.WriteAllTextAsync(Catalogue, """{ "distributions": { "debian12": { "maxAge": "90d" } } }""", Cancel);

        var added = await RunAsync("catalog", "add", InFolder("acme-7.2.qcow2"), "--login", "acme", "--file", Catalogue);
        var packed = await RunAsync("catalog", "add", InFolder("small-1.0-aarch64.img.gz"), "--name", "Small", "--file", Catalogue);
        await PackAsync("acme-7.2.qcow2");
        foreach (var form in Forms)
            Assert.Equal(0, (await RunAsync("catalog", "add", InFolder($"acme-7.2.qcow2.{form}"), "--key", $"in-{form.Replace('.', '-')}", "--name", form, "--file", Catalogue)).ExitCode);
        var synced = await RunAsync("sync", "acme", "small", "in-*", "--set", $"catalog={Catalogue}");

        Assert.Equal((0, 0, 0), (added.ExitCode, packed.ExitCode, synced.ExitCode));
        Assert.Contains($"Try it: imgsync sync acme --download-only --set catalog={Catalogue}", added.StandardError, StringComparison.Ordinal);
        Assert.Contains("\"debian12\"", await File.ReadAllTextAsync(Catalogue, Cancel), StringComparison.Ordinal);
        Assert.Equal(
            ["Acme [7.2]", "Small [1.0]", .. Forms.Select(form => $"{form} [7.2]")],
            (await _scenario.ImagesAsync()).Select(image => image[_scenario.Prefix.Length..].Replace(": active, private", "", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));
    }

    private static string[] Forms { get; } = ["bz2", "tar.xz", "xz", "zst"];

    /// <summary>By the programs that publishers use, each form beside the file.</summary>
    private async Task PackAsync(string name)
    {
        foreach (var (program, package) in new[] { ("bzip2", "bzip2"), ("xz", "xz-utils"), ("zstd", "zstd") })
            Requirement.DemandProgram(program, $"apt-get install {package}");
        await ChildProcess.Command("sh", "-euc", "cd \"$0\"; bzip2 -k $1; xz -k $1; zstd -q $1; tar -cJf $1.tar.xz $1", Path.GetDirectoryName(InFolder(name))!, name)
            .ExecuteAsync(Cancel);
    }

    private Task<BufferedCommandResult> RunAsync(params string[] arguments) => _scenario.Program.RunAsync(arguments);

    private string InFolder(string name) => Path.Combine(Folder, "images", "acme", name);

    private void Publish(params string[] names)
    {
        foreach (var name in names)
            new Qcow2Builder { Seed = name.Length, DataSize = 1 << 16 }.WriteTo(InFolder(name));
    }

    private void List(string list, bool signed)
    {
        var text = string.Concat(Directory.GetFiles(Path.GetDirectoryName(InFolder(list))!)
            .Where(file => Path.GetExtension(file) is ".qcow2" or ".raw").Order(StringComparer.Ordinal)
            .Select(Path.GetFileName).Select(name => $"{Sha256(name!)}  {name}\n"));
        File.WriteAllText(InFolder(list), text);
        if (signed)
            File.WriteAllText(InFolder(list + ".asc"), _key.Sign(File.ReadAllBytes(InFolder(list))));
    }

    private string Sha256(string name) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(InFolder(name))));
}

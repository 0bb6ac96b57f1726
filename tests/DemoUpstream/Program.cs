// Publishes a small upstream tree and serves it until it is stopped, one line on standard output per request.
//
//   DemoUpstream FOLDER PORT [SPEED]                             SPEED: MiB a second that one answer has at most
//   DemoUpstream families FOLDER PORT                            the same, with every other family of the catalogue beside them
//   DemoUpstream publish FOLDER DISTRIBUTION REVISION MEBIBYTES  adds a revision of one of Debian's to a tree, as its newest
//
// FOLDER gets debian/ and ubuntu/, key.asc (signs Ubuntu's checksums), catalog.json (trusts that key) and
// published.sha256 (the newest that upstream published, by distribution). A tree that is there already is served as it is.

using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Imgsync.Testing.Upstream;
using Architecture = Imgsync.Core.Catalog.Architecture;

var debian = new Dictionary<string, DebianRelease>(StringComparer.Ordinal)
{
    ["debian11"] = DebianRelease.Bullseye,
    ["debian12"] = DebianRelease.Bookworm,
    ["debian13"] = DebianRelease.Trixie,
};

return args switch
{
    ["families", var folder, var port] when Number(port) is { } number => await ServeFamiliesAsync(folder, number),
    ["publish", var folder, var key, var revision, var size]
        when debian.TryGetValue(key, out var release) && Number(size) is { } mebibytes =>
        await AddAsync(folder, key, release, revision, mebibytes),
    [var folder, var port] when Number(port) is { } number => await ServeAsync(folder, number, bytesPerSecond: null),
    [var folder, var port, var speed] when Number(port) is { } number && Number(speed) is { } mebibytes =>
        await ServeAsync(folder, number, (long)mebibytes << 20),
    _ => await ExplainAsync(),
};

async Task<int> ServeFamiliesAsync(string folder, int port)
{
    if (!File.Exists(Listing(folder)))
        await PublishAsync(Directory.CreateDirectory(folder).FullName, port);
    return await ServeAsync(folder, port, bytesPerSecond: null);
}

async Task<int> ServeAsync(string folder, int port, long? bytesPerSecond)
{
    if (!File.Exists(Listing(folder)))
        await PublishAsync(Directory.CreateDirectory(folder).FullName);

    await using var server = await FolderServer.StartAsync(
        folder, CancellationToken.None, port, Console.WriteLine, bytesPerSecond, lists: true);
    await Console.Error.WriteLineAsync($"serving {folder} at {server.Url}");
    var stopped = new TaskCompletionSource();
    using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => stopped.TrySetResult());
    using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => stopped.TrySetResult());
    await stopped.Task;
    return 0;
}

// With a port, the other families, too: some of their documents name the server.
async Task PublishAsync(string root, int? port = null)
{
    var tree = new UpstreamTree(root, new SigningKey());
    var images = new Dictionary<string, PublishedImage>(StringComparer.Ordinal)
    {
        ["debian11"] = tree.PublishDebian(DebianRelease.Bullseye, "20240717-1811", content: Content(11)),
        ["debian12"] = tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Content(12)),
        ["debian12-arm64"] = tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", Architecture.Arm64, Content(1264)),
        ["debian13"] = tree.PublishDebian(DebianRelease.Trixie, "20250814-2204", content: Content(13)),
        ["ubuntu22"] = tree.PublishUbuntu("jammy", "20240921", content: Content(22)),
        ["ubuntu24"] = tree.PublishUbuntu("noble", "20240605.1", content: Content(24)),
    };
    var catalog = JsonNode.Parse(tree.CatalogJson())!;
    if (port is not null)
    {
        var families = new FamilyTree(root, new Uri($"http://127.0.0.1:{port}/"), tree.Key);
        families.Publish(0, [.. FamilyTree.Places.Except(["debian", "ubuntu"], StringComparer.Ordinal)]);
        foreach (var (name, publisher) in families.Publishers())
            catalog["publishers"]![name] = publisher!.DeepClone();
        foreach (var (distribution, image) in families.Newest)
            images.Add(distribution, image);
    }

    await File.WriteAllTextAsync(Path.Combine(root, "key.asc"), tree.Key.ArmouredPublicKey);
    await File.WriteAllTextAsync(Path.Combine(root, "catalog.json"), catalog.ToJsonString());
    await File.WriteAllLinesAsync(Listing(root), images.Select(image => Line(image.Value, image.Key)));
    await Console.Error.WriteLineAsync($"published {images.Count} images, with signatures by {tree.Key.Fingerprint}");
}

async Task<int> AddAsync(string folder, string key, DebianRelease release, string revision, int mebibytes)
{
    // Each revision has content of its own.
    var content = Content(
        seed: BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes($"{key} {revision}")))) with
    { DataSize = (long)mebibytes << 20 };
    var image = new UpstreamTree(folder).PublishDebian(release, revision, content: content);
    var lines = await File.ReadAllLinesAsync(Listing(folder));
    await File.WriteAllLinesAsync(
        Listing(folder), lines.Select(line => line.EndsWith($" {key}", StringComparison.Ordinal) ? Line(image, key) : line));
    return 0;
}

async Task<int> ExplainAsync()
{
    await Console.Error.WriteLineAsync(
        "usage: DemoUpstream FOLDER PORT [SPEED] | DemoUpstream families FOLDER PORT | DemoUpstream publish FOLDER DISTRIBUTION REVISION MEBIBYTES");
    return 2;
}

int? Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;

string Listing(string folder) => Path.Combine(folder, "published.sha256");

string Line(PublishedImage image, string key) => $"{(image.UnpackedSha256 ?? image.Sha256).Hex}  {key}";

Qcow2Builder Content(int seed) => new() { Seed = seed, DataSize = 16 << 20 };

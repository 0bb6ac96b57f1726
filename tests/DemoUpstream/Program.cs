// Publishes a small upstream tree and serves it until it is stopped, one line on standard output per request.
//
//   DemoUpstream FOLDER PORT
//
// FOLDER gets debian/ and ubuntu/, key.asc (signs Ubuntu's checksums), catalog.json (trusts that key) and
// published.sha256 (what upstream published, by distribution). A tree that is there already is served as it is.

using System.Globalization;
using System.Runtime.InteropServices;
using Imgsync.Testing.Upstream;
using Architecture = Imgsync.Core.Catalog.Architecture;

if (args is not [var folder, var port] || !int.TryParse(port, CultureInfo.InvariantCulture, out var portNumber))
{
    await Console.Error.WriteLineAsync("usage: DemoUpstream FOLDER PORT");
    return 2;
}

var listing = Path.Combine(folder, "published.sha256");
if (!File.Exists(listing))
    await PublishAsync(Directory.CreateDirectory(folder).FullName);

await using var server = await FolderServer.StartAsync(folder, CancellationToken.None, portNumber, Console.WriteLine);
await Console.Error.WriteLineAsync($"serving {folder} at {server.Url}");
var stopped = new TaskCompletionSource();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => stopped.TrySetResult());
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => stopped.TrySetResult());
await stopped.Task;
return 0;

async Task PublishAsync(string root)
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
    await File.WriteAllTextAsync(Path.Combine(root, "key.asc"), tree.Key.ArmouredPublicKey);
    await File.WriteAllTextAsync(Path.Combine(root, "catalog.json"), tree.CatalogJson());
    await File.WriteAllLinesAsync(listing, images.Select(image => $"{image.Value.Sha256.Hex}  {image.Key}"));
    await Console.Error.WriteLineAsync($"published {images.Count} images, Ubuntu's signed by {tree.Key.Fingerprint}");
}

Qcow2Builder Content(int seed) => new() { Seed = seed, DataSize = 16 << 20 };

using Imgsync.Testing.Upstream;

namespace Imgsync.Workbench;

/// <summary>Both publishers' trees with incompressible images of one size. What this very build has made is not made again.</summary>
internal static class ImageTree
{
    public static int Make(string folder, int mebibytes, string[] keys)
    {
        Directory.CreateDirectory(folder);
        var tree = new UpstreamTree(folder, SigningKey.Shared);
        var marker = Path.Combine(folder, "made");
        var wanted = $"{string.Join(' ', keys)} by {typeof(ImageTree).Module.ModuleVersionId}";
        if (File.Exists(marker) && File.ReadAllText(marker) == wanted)
            return 0;

        var files = keys.Select(
            (key, index) => $"{key} {Path.GetRelativePath(folder, Publish(tree, key, Content(mebibytes, index)).File)}").ToList();
        File.WriteAllText(Path.Combine(folder, "catalog.json"), tree.CatalogJson());
        File.WriteAllText(Path.Combine(folder, "key.asc"), tree.Key.ArmouredPublicKey);
        File.WriteAllLines(Path.Combine(folder, "files"), files);
        File.WriteAllText(marker, wanted);
        return 0;
    }

    private static PublishedImage Publish(UpstreamTree tree, string key, Qcow2Builder content) => key switch
    {
        "debian11" => tree.PublishDebian(DebianRelease.Bullseye, "20240717-1811", content: content),
        "debian12" => tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: content),
        "debian13" => tree.PublishDebian(DebianRelease.Trixie, "20250814-2204", content: content),
        "ubuntu22" => tree.PublishUbuntu("jammy", "20240921", content: content),
        "ubuntu24" => tree.PublishUbuntu("noble", "20240605.1", content: content),
        _ => throw new ArgumentException($"The workbench has no image for {key}.", nameof(key)),
    };

    private static Qcow2Builder Content(int mebibytes, int index) =>
        new() { Seed = (mebibytes * 10) + index, DataSize = (long)mebibytes << 20, VirtualSize = 8L << 30 };
}

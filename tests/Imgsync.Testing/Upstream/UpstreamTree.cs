using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;

namespace Imgsync.Testing.Upstream;

/// <summary>
/// A small but real tree of both publishers in a folder: dated directories, moving pointers, checksum files, manifests,
/// signatures and disk images. Publishing again with a later revision moves the pointer; the older one stays.
/// </summary>
public sealed class UpstreamTree(string folder, SigningKey? key = null)
{
    private readonly DebianTree _debian = new(Path.Combine(folder, "debian"));
    private readonly UbuntuTree _ubuntu = new(Path.Combine(folder, "ubuntu"));

    /// <summary>Holds <c>debian/</c> and <c>ubuntu/</c>; see <see cref="FolderServer"/>.</summary>
    public string Folder { get; } = folder;

    /// <summary>Signs Ubuntu's checksum files.</summary>
    public SigningKey Key { get; } = key ?? SigningKey.Shared;

    /// <param name="version">As Debian counts: <c>20240717-1811</c>.</param>
    /// <param name="content">By default a small image that is a different one for each file.</param>
    /// <param name="raw">What is in the raw file beside it; null for none, which is how mirrors leave them out.</param>
    public PublishedImage PublishDebian(
        DebianRelease release, string version, Architecture architecture = Architecture.Amd64, Qcow2Builder? content = null,
        byte[]? raw = null) => _debian.Publish(
            release, version, architecture.InFileNames(), content ?? Content($"{release.Codename} {version} {architecture}"), raw);

    /// <param name="serial">As Ubuntu counts: <c>20240921</c> or <c>20240605.1</c>.</param>
    /// <param name="content">By default a small image that is a different one for each file.</param>
    public PublishedImage PublishUbuntu(
        string codename, string serial, Architecture architecture = Architecture.Amd64, Qcow2Builder? content = null) =>
        _ubuntu.Publish(codename, serial, architecture.InFileNames(), content ?? Content($"{codename} {serial} {architecture}"), Key);

    /// <summary>Publishes, under a good signature, a digest that the image does not have. The bytes stay.</summary>
    public void PublishWrongDigest(PublishedImage image)
    {
        var right = Convert.FromHexString(image.Digest.Hex);
        var wrong = (byte[])right.Clone();
        wrong[0] ^= 0xff;
        foreach (var file in DescribedIn(image))
        {
            var text = File.ReadAllText(file)
                .Replace(Convert.ToHexStringLower(right), Convert.ToHexStringLower(wrong), StringComparison.Ordinal)
                .Replace(Convert.ToBase64String(right).TrimEnd('='), Convert.ToBase64String(wrong).TrimEnd('='), StringComparison.Ordinal);
            File.WriteAllText(file, text);
        }

        Sign(image);
    }

    /// <summary>Changes one byte of the image and nothing that is published about it.</summary>
    public static void DamageImage(PublishedImage image)
    {
        using var file = File.Open(image.File, FileMode.Open, FileAccess.ReadWrite);
        file.Position = file.Length - 1;
        var last = file.ReadByte();
        file.Position = file.Length - 1;
        file.WriteByte((byte)(last ^ 0xff));
    }

    public static void RemoveChecksums(PublishedImage image)
    {
        File.Delete(image.ChecksumFile);
        File.Delete(Path.Combine(image.Pointer, image.ChecksumFileName));
    }

    /// <summary>Signs the checksum file as it is now, with the tree's key or another.</summary>
    public void Sign(PublishedImage image, SigningKey? signer = null)
    {
        if (image.ChecksumFileName is "SHA256SUMS")
            UbuntuTree.Sign(image, signer ?? Key);
    }

    /// <summary>A catalogue file for operators who trust this tree's key as Ubuntu's.</summary>
    public string CatalogJson() => new JsonObject
    {
        ["publishers"] = new JsonObject
        {
            ["ubuntu"] = new JsonObject
            {
                ["url"] = "https://cloud-images.ubuntu.com/",
                ["index"] = "ubuntu",
                ["signature"] = nameof(SignaturePolicy.Required),
                ["signedBy"] = new JsonArray(Key.Fingerprint),
                ["signedWithin"] = "0", // signed today, whatever day the revision is of
            },
        },
    }.ToJsonString();

    private static IEnumerable<string> DescribedIn(PublishedImage image) =>
        new[] { image.ChecksumFile, Path.Combine(image.Pointer, image.ChecksumFileName), Path.ChangeExtension(image.File, ".json") }
            .Where(File.Exists)
            .Distinct(StringComparer.Ordinal);

    /// <summary>The same in every process, unlike a hash code.</summary>
    private static Qcow2Builder Content(string name) =>
        new() { Seed = BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(name))) };
}

using System.Security.Cryptography;
using System.Text;

namespace Imgsync.Testing.Upstream;

/// <summary>Ubuntu's side of an <see cref="UpstreamTree"/>, laid out as on cloud-images.ubuntu.com.</summary>
internal sealed class UbuntuTree(string folder)
{
    /// <summary>Adds the image to its dated directory, signs the checksums and points <c>current</c> there.</summary>
    public PublishedImage Publish(string codename, string serial, string architecture, Qcow2Builder content, SigningKey key)
    {
        return Publish(codename, "current", serial, $"{codename}-server-cloudimg-{architecture}", serial, content, key);
    }

    /// <summary>In the tree of releases or of minimal images: <c>release</c> points to <c>release-20260720</c>.</summary>
    public PublishedImage PublishRelease(string suite, string stem, string serial, Qcow2Builder content, SigningKey key) =>
        Publish(suite, "release", "release-" + serial, stem, serial, content, key);

    private PublishedImage Publish(
        string suite, string pointer, string dated, string stem, string serial, Qcow2Builder content, SigningKey key)
    {
        var directory = Directory.CreateDirectory(Path.Combine(folder, suite, dated)).FullName;
        var file = Path.Combine(directory, $"{stem}.img");
        content.WriteTo(file);
        var image = new PublishedImage(
            file, Path.Combine(folder, suite, pointer), "SHA256SUMS", serial, Sums.Sha256(file), Sums.Sha512(file));

        // Names that begin like the image's own; the files themselves are not needed.
        var others = new[] { "-disk-kvm.img", "-azure.vhd.tar.gz", ".ova", ".vmdk", ".squashfs" }
            .Select(ending => stem + ending)
            .Select(name => (Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{serial}/{name}"))), name));
        Sums.Add(image.ChecksumFile, others.Append((image.Sha256.Hex, $"{stem}.img")), sum => $"{sum.Digest} *{sum.Name}");
        Sign(image, key);

        var unpacked = Directory.CreateDirectory(Path.Combine(directory, "unpacked")).FullName;
        File.WriteAllText(Path.Combine(unpacked, "build-info.txt"), $"serial={serial}\norig_prefix={stem}\nsuite={suite.Split('/')[^1]}\n");
        Links.Point(image.Pointer, dated);
        return image;
    }

    public static void Sign(PublishedImage image, SigningKey key) =>
        File.WriteAllText(image.ChecksumFile + ".gpg", key.Sign(File.ReadAllBytes(image.ChecksumFile)));
}

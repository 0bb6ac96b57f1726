using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Imgsync.Testing.Upstream;

/// <summary>Debian's side of an <see cref="UpstreamTree"/>, laid out as on cloud.debian.org.</summary>
internal sealed class DebianTree(string folder)
{
    // Debian's own files do not escape the plus signs of base64.
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping
    };

    /// <summary>Adds the image to its dated directory and points <c>latest</c> there.</summary>
    public PublishedImage Publish(DebianRelease release, string version, string architecture, Qcow2Builder content, byte[]? raw = null)
    {
        var suite = Path.Combine(folder, release.Path);
        var directory = Directory.CreateDirectory(Path.Combine(suite, version)).FullName;
        var stem = release.Stem(architecture);
        var file = Path.Combine(directory, $"{stem}-{version}.qcow2");
        content.WriteTo(file);
        var image = new PublishedImage(file, Path.Combine(suite, "latest"), "SHA512SUMS", version, Sums.Sha256(file), Sums.Sha512(file));

        File.Delete(image.RawFile);
        if (raw is not null)
            File.WriteAllBytes(image.RawFile, raw);

        var manifest = Path.Combine(directory, $"{stem}-{version}.json");
        File.WriteAllText(manifest, Manifest(release, version, architecture, image).ToJsonString(Indented));
        var sums = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [".json"] = Sums.Sha512(manifest).Hex,
            [".qcow2"] = image.Sha512.Hex,
            [".tar.xz"] = Invented(file + ".tar.xz"),
        };
        if (raw is not null)
            sums[".raw"] = Sums.Sha512(image.RawFile).Hex;
        Sums.Add(image.ChecksumFile, sums.Select(sum => (sum.Value, $"{stem}-{version}{sum.Key}")), Format);
        OfferAsLatest(suite, version, stem, sums);
        return image;
    }

    /// <summary><c>latest</c> links to a hidden directory of links without stamps, with a checksum file of its own.</summary>
    private static void OfferAsLatest(string suite, string version, string stem, Dictionary<string, string> sums)
    {
        var unstamped = Directory.CreateDirectory(Path.Combine(suite, version, ".latest")).FullName;
        foreach (var extension in (string[])[".json", ".qcow2"])
        {
            var link = Path.Combine(unstamped, stem + extension);
            File.Delete(link);
            File.CreateSymbolicLink(link, $"../{stem}-{version}{extension}");
        }

        Sums.Add(Path.Combine(unstamped, "SHA512SUMS"), sums.Select(sum => (sum.Value, stem + sum.Key)), Format);
        Links.Point(Path.Combine(suite, "latest"), $"{version}/.latest");
    }

    private static string Format((string Digest, string Name) sum) => $"{sum.Digest}  {sum.Name}";

    private static JsonObject Manifest(DebianRelease release, string version, string architecture, PublishedImage image)
    {
        var stem = $"{release.Path}/{version}/{release.Stem(architecture)}-{version}";
        var items = new JsonArray(
            Build(release, version, architecture),
            Upload(release, version, $"{stem}.tar.xz", "internal", Convert.FromHexString(Invented(image.File + ".tar.xz"))),
            Upload(release, version, $"{stem}.qcow2", "qcow2", Convert.FromHexString(image.Sha512.Hex)));
        if (File.Exists(image.RawFile))
            items.Add(Upload(release, version, $"{stem}.raw", "raw", Convert.FromHexString(Sums.Sha512(image.RawFile).Hex)));
        return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = items };
    }

    /// <summary>The build's own item carries a digest too, of something else.</summary>
    private static JsonObject Build(DebianRelease release, string version, string architecture) => new()
    {
        ["apiVersion"] = "cloud.debian.org/v1alpha1",
        ["kind"] = "Build",
        ["metadata"] = new JsonObject { ["annotations"] = Digest(Convert.FromHexString(Invented("build"))) },
        ["data"] = new JsonObject
        {
            ["info"] = new JsonObject
            {
                ["arch"] = architecture,
                ["release"] = release.Codename,
                ["release_id"] = release.Number,
                ["type"] = "official",
                ["vendor"] = release.Vendor,
                ["version"] = version,
            },
        },
    };

    private static JsonObject Upload(DebianRelease release, string version, string reference, string format, byte[] digest) => new()
    {
        ["apiVersion"] = "cloud.debian.org/v1alpha1",
        ["kind"] = "Upload",
        ["metadata"] = new JsonObject
        {
            ["annotations"] = Digest(digest),
            ["labels"] = new JsonObject
            {
                ["cloud.debian.org/version"] = version,
                ["debian.org/release"] = release.Codename,
                ["upload.cloud.debian.org/image-format"] = format,
                ["upload.cloud.debian.org/type"] = release.Daily ? "daily" : "release",
            },
        },
        ["data"] = new JsonObject { ["familyRef"] = null, ["provider"] = "cloud.debian.org", ["ref"] = reference },
    };

    /// <summary>Base64 without its padding, as Debian writes it.</summary>
    private static JsonObject Digest(byte[] sha512) => new()
    {
        ["cloud.debian.org/digest"] = "sha512:" + Convert.ToBase64String(sha512).TrimEnd('='),
    };

    /// <summary>A digest for a file that is listed but that nobody here asks for.</summary>
    private static string Invented(string name) =>
        Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(Path.GetFileName(name))));
}

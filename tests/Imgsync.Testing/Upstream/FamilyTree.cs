using System.Text;
using System.Text.Json.Nodes;

namespace Imgsync.Testing.Upstream;

/// <summary>
/// Every family of the catalogue but Debian and Ubuntu, a folder each by its publisher's name, in the layout that its publisher has:
/// its names and the names beside them, its lists in its form, its pointers, and its signatures, with a key of our own. Written after
/// the publishers' own lists, by hand: nothing here asks the catalogue.
/// </summary>
/// <param name="url">Where the folder is served.</param>
public sealed class FamilyTree(string folder, Uri url, SigningKey key)
{
    private readonly Dictionary<string, PublishedImage> _newest = new(StringComparer.Ordinal);

    /// <summary>What was published last, by the catalogue's key.</summary>
    public IReadOnlyDictionary<string, PublishedImage> Newest => _newest;

    /// <summary>Publishes the first revision of every family, or one that is newer.</summary>
    /// <param name="round">0 for the first.</param>
    /// <param name="families">Publishers' names; all where none is named.</param>
    public void Publish(int round, params string[] families)
    {
        foreach (var (family, publish) in new (string, Action<int>)[]
        {
            ("almalinux", Alma), ("rocky", Rocky), ("centos", CentOs), ("oracle", Oracle), ("amazon", Amazon), ("fedora", Fedora),
            ("opensuse", OpenSuse), ("flatcar", Flatcar), ("arch", Arch), ("alpine", Alpine), ("gentoo", Gentoo),
        })
        {
            if (families is [] || families.Contains(family, StringComparer.Ordinal))
                publish(round);
        }
    }

    /// <summary>Publishers whose lists are signed: their keys become ours. Documents on other servers are read here.</summary>
    public JsonObject Publishers()
    {
        var publishers = new JsonObject();
        foreach (var name in new[] { "almalinux", "rocky", "opensuse", "flatcar", "arch", "gentoo" })
            publishers[name] = new JsonObject { ["signedBy"] = new JsonArray(key.Fingerprint) };
        publishers["fedora"] = new JsonObject
        {
            ["signedBy"] = new JsonArray(key.Fingerprint),
            ["newest"] = new JsonObject { ["in"] = "Json", ["file"] = new Uri(url, "fedora/releases.json").AbsoluteUri, ["name"] = "/link" },
        };
        return publishers;
    }

    // GNU list with the alias and other images, detached signature.
    private void Alma(int round)
    {
        var stamp = round == 0 ? "9.8-20260526" : $"9.10-202607{round:00}";
        var image = Image("almalinux9", "almalinux/9/cloud/x86_64/images", $"AlmaLinux-9-GenericCloud-{stamp}.x86_64.qcow2", stamp);
        var list = Write(image, "CHECKSUM", $"""
            {image.Sha256.Hex}  AlmaLinux-9-GenericCloud-{stamp}.x86_64.qcow2
            {Other(1)}  AlmaLinux-9-GenericCloud-ext4-9.99-20270101.x86_64.qcow2
            {image.Sha256.Hex}  AlmaLinux-9-GenericCloud-latest.x86_64.qcow2
            {Other(2)}  AlmaLinux-9-OpenNebula-9.99-20270101.x86_64.qcow2

            """);
        Sign(list, list + ".asc");
    }

    // BSD list with sizes, of several minors, detached signature.
    private void Rocky(int round)
    {
        var stamp = $"9.{6 + round}-20260525.0";
        var image = Image("rocky9", "rocky/9/images/x86_64", $"Rocky-9-GenericCloud-Base-{stamp}.x86_64.qcow2", stamp);
        var list = Write(image, "CHECKSUM", $"""
            # Rocky-9-GenericCloud-LVM-9.99-20270101.0.x86_64.qcow2: 1 bytes
            SHA256 (Rocky-9-GenericCloud-LVM-9.99-20270101.0.x86_64.qcow2) = {Other(1)}
            SHA256 (Rocky-9-GenericCloud-Base-9.5-20241118.0.x86_64.qcow2) = {Other(2)}
            # Rocky-9-GenericCloud-Base-{stamp}.x86_64.qcow2: {image.Length} bytes
            SHA256 (Rocky-9-GenericCloud-Base-{stamp}.x86_64.qcow2) = {image.Sha256.Hex}
            SHA256 (Rocky-9-GenericCloud-Base.latest.x86_64.qcow2) = {image.Sha256.Hex}

            """);
        Sign(list, list + ".asc");
    }

    // BSD list of two families, unsigned, with a downloader's progress at its end.
    private void CentOs(int round)
    {
        var stamp = $"20260720.{round}";
        var image = Image("centos-stream9", "centos/9-stream/x86_64/images", $"CentOS-Stream-GenericCloud-9-{stamp}.x86_64.qcow2", stamp);
        Write(image, "CHECKSUM", $"""
            # CentOS-Stream-GenericCloud-9-{stamp}.x86_64.qcow2: {image.Length} bytes
            SHA256 (CentOS-Stream-GenericCloud-9-{stamp}.x86_64.qcow2) = {image.Sha256.Hex}
            SHA256 (CentOS-Stream-GenericCloud-9-latest.x86_64.qcow2) = {image.Sha256.Hex}
            SHA256 (CentOS-Stream-GenericCloud-x86_64-9-20270101.0.x86_64.qcow2) = {Other(1)}
             75  448968K   75  337600K    0     0  11.1M      0  0:00:40
            """);
    }

    // A document for each release, which has the digest.
    private void Oracle(int round)
    {
        var image = Image("oracle9", "oracle/OL9/u8/x86_64", $"OL9U8_x86_64-kvm-b{293 + round}.qcow2", $"8-b{293 + round}");
        File.WriteAllText(Path.Combine(folder, "oracle", "ol9-template.json"), $$$"""
            {"version": "9", "release": "8", "base_url": "https://yum.oracle.com/templates/OracleLinux/OL9/u8/x86_64",
             "xen": {"image": "OL9U8_x86_64-xen-b999.qcow2", "sha256": "{{{Other(1)}}}" },
             "kvm": {"image": "{{{Path.GetFileName(image.File)}}}", "sha256": "{{{image.Sha256.Hex}}}"} }
            """);
    }

    // latest/ leads to the version; its directory has images of several kernels.
    private void Amazon(int round)
    {
        var version = $"2023.12.202609{20 + round}.0";
        var image = Image(
            "amazon2023", $"amazon/al2023/os-images/{version}/kvm", $"al2023-kvm-{version}-kernel-6.12-x86_64.xfs.gpt.qcow2", $"{version}-6.12");
        Write(image, "SHA256SUMS", $"""
            {Other(1)}  al2023-kvm-{version}-kernel-6.1-x86_64.xfs.gpt.qcow2
            {image.Sha256.Hex}  al2023-kvm-{version}-kernel-6.12-x86_64.xfs.gpt.qcow2

            """);
        File.WriteAllText(
            Path.Combine(folder, "amazon/al2023/os-images/latest" + FolderServer.Redirect), $"/amazon/al2023/os-images/{version}/");
    }

    // One document names all releases, a clear-signed list lies beside each image.
    private void Fedora(int round)
    {
        var images = new[] { ("fedora", $"44-1.{7 + round}"), ("fedora-previous", $"43-1.{6 + round}") }.Select(release =>
        {
            var (key, stamp) = release;
            var image = Image(
                key, $"fedora/{stamp[..2]}/Cloud/x86_64/images", $"Fedora-Cloud-Base-Generic-{stamp}.x86_64.qcow2", stamp);
            ClearSign(image, $"Fedora-Cloud-{stamp}-x86_64-CHECKSUM", $"""
                # Fedora-Cloud-Base-Generic-{stamp}.x86_64.qcow2: {image.Length} bytes
                SHA256 (Fedora-Cloud-Base-Generic-{stamp}.x86_64.qcow2) = {image.Sha256.Hex}
                SHA256 (Fedora-Cloud-Base-UEFI-UKI-{stamp}.x86_64.qcow2) = {Other(1)}
                """);
            return image;
        }).ToList();
        string[] names =
        [
            .. images.Select(image => Path.GetFileName(image.File)), "Fedora-Cloud-Base-UEFI-UKI-44-1.99.x86_64.qcow2",
            "Fedora-Cloud-Base-Generic-45_Beta-1.3.x86_64.qcow2", "Fedora-Cloud-Base-Generic-44-1.99.aarch64.qcow2",
            "Fedora-Cloud-Base-GCE-44-1.99.x86_64.tar.gz",
        ];
        File.WriteAllText(Path.Combine(folder, "fedora", "releases.json"), new JsonArray([.. names.Select(name => new JsonObject
        {
            ["version"] = "44",
            ["link"] = "https://download.fedoraproject.org/pub/fedora/linux/releases/44/Cloud/x86_64/images/" + name,
            ["variant"] = "Cloud",
            ["subvariant"] = "Cloud_Base",
        })]).ToJsonString());
    }

    // The listing as a table of JSON; a list and its signature beside each image.
    private void OpenSuse(int round)
    {
        foreach (var (key, directory, name, stamp) in new[]
        {
            ("opensuse-leap16", "opensuse/distribution/leap/16.0/appliances", "Leap-16.0-Minimal-VM.x86_64-Cloud-Build", $"18.{9 + round}"),
            ("opensuse-tumbleweed", "opensuse/tumbleweed/appliances", "openSUSE-Tumbleweed-Minimal-VM.x86_64-1.0.0-Cloud-Snapshot",
                $"202609{11 + round}"),
        })
        {
            var image = Image(key, directory, $"{name}{stamp}.qcow2", stamp);
            var list = Write(image, Path.GetFileName(image.File) + ".sha256", $"{image.Sha256.Hex}  {Path.GetFileName(image.File)}\n");
            Sign(list, list + ".asc");
        }
    }

    // A text names the version; the list has a section for each algorithm, and is clear-signed.
    private void Flatcar(int round)
    {
        var version = $"4593.2.{9 + round}";
        var image = Image("flatcar-stable", $"flatcar/amd64-usr/{version}", "flatcar_production_openstack_image.img", version);
        ClearSign(image, "flatcar_production_openstack_image.img.DIGESTS.asc", $"""
            # MD5 HASH
            {Other(1)[..32]}  flatcar_production_openstack_image.img
            # SHA1 HASH
            {Other(2)[..40]}  flatcar_production_openstack_image.img
            # SHA512 HASH
            {image.Sha512.Hex}  flatcar_production_openstack_image.img
            """);
        var current = Directory.CreateDirectory(Path.Combine(folder, "flatcar/amd64-usr/current")).FullName;
        File.WriteAllText(Path.Combine(current, "version.txt"), $"FLATCAR_BUILD=4593\nFLATCAR_VERSION={version}\nFLATCAR_VERSION_ID={version}\n");
    }

    // A directory for each image, a list and its signature beside it.
    private void Arch(int round)
    {
        var stamp = $"20260901.{9 + round}";
        var image = Image("arch", $"arch/v{stamp}", $"Arch-Linux-x86_64-cloudimg-{stamp}.qcow2", stamp);
        var list = Write(image, Path.GetFileName(image.File) + ".SHA256", $"{image.Sha256.Hex}  {Path.GetFileName(image.File)}\n");
        Sign(list, list + ".sig");
    }

    // A directory for each branch; a bare digest beside each image; names of two schemes.
    private void Alpine(int round)
    {
        var stamp = $"3.24.{1 + round}-r{round}";
        var name = round == 0 ? "nocloud_alpine-3.24.1-x86_64-bios-cloudinit-r0.qcow2" : $"alpine-3.24.{1 + round}-x86_64-cloudinit-r{round}.qcow2";
        Directory.CreateDirectory(Path.Combine(folder, "alpine/v3.9/releases/cloud"));
        var image = Image("alpine", "alpine/v3.24/releases/cloud", name, stamp);
        Write(image, name + ".sha512", image.Sha512.Hex + "\n");
        Write(image, "alpine-3.24.9-x86_64-cloudinit-metal-r9.qcow2", "another image");
    }

    // A clear-signed pointer and a clear-signed digest.
    private void Gentoo(int round)
    {
        var stamp = $"2026081{6 + round}T170149Z";
        var image = Image("gentoo", $"gentoo/amd64/autobuilds/{stamp}", $"di-amd64-cloudinit-{stamp}.qcow2", stamp);
        ClearSign(image, Path.GetFileName(image.File) + ".sha256", $"# SHA256 HASH\n{image.Sha256.Hex}  {Path.GetFileName(image.File)}");
        File.WriteAllText(
            Path.Combine(folder, "gentoo/amd64/autobuilds/latest-di-amd64-cloudinit.txt"), key.ClearSign($"""
            # Latest as of Sun, 16 Aug 2026 18:00:00 +0000
            # ts=1786903200
            {stamp}/di-amd64-cloudinit-{stamp}.qcow2 {image.Length}
            """));
    }

    private PublishedImage Image(string distribution, string directory, string name, string revision)
    {
        var place = Directory.CreateDirectory(Path.Combine(folder, directory)).FullName;
        var file = Path.Combine(place, name);
        new Qcow2Builder { Seed = BitConverter.ToInt32(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes($"{distribution} {revision}"))) }
            .WriteTo(file);
        return _newest[distribution] = new PublishedImage(file, place, "", revision, Sums.Sha256(file), Sums.Sha512(file));
    }

    private static string Write(PublishedImage image, string name, string text)
    {
        var file = Path.Combine(image.Directory, name);
        File.WriteAllText(file, text);
        return file;
    }

    private void ClearSign(PublishedImage image, string name, string text) => Write(image, name, key.ClearSign(text));

    private void Sign(string list, string signature) => File.WriteAllText(signature, key.Sign(File.ReadAllBytes(list)));

    /// <summary>The digest of an image that is not there.</summary>
    private static string Other(int number) => new((char)('a' + number), 64);
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Imgsync.Core.Content;

namespace Imgsync.Testing.Upstream;

/// <summary>
/// Every entry of the catalogue but the one that is pinned, for every architecture, a folder for each publisher by its name, in the layout
/// that the publisher has: its names and the names beside them, its lists in its form, its pointers, and its signatures, with a key of
/// our own. Written after the publishers' own lists, by hand: nothing here asks the catalogue.
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
            ("fedora-coreos", CoreOs), ("opensuse", OpenSuse), ("flatcar", Flatcar), ("arch", Arch), ("alpine", Alpine),
            ("gentoo", Gentoo), ("freebsd", FreeBsd), ("kali", Kali), ("talos", Talos), ("debian", Debian), ("ubuntu", Ubuntu),
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
        foreach (var name in Places.Where(name => name is not ("centos" or "oracle" or "amazon" or "kali" or "talos" or "debian" or "ubuntu")))
            publishers[name] = new JsonObject { ["signedBy"] = new JsonArray(key.Fingerprint) };
        publishers["fedora"]!["newest"] =
            new JsonObject { ["in"] = "Json", ["file"] = new Uri(url, "fedora/releases.json").AbsoluteUri, ["name"] = "/link" };
        publishers["freebsd"]!["signatureFile"] = new JsonObject
        {
            ["file"] = $"{url}freebsd.org/releases/{{version}}R/checksums/CHECKSUM.SHA512-FreeBSD-{{version}}-RELEASE-{{arch}}-vm.asc",
            ["form"] = "ClearSigned",
        };
        return publishers;
    }

    /// <summary>The folders, by the catalogue's names of their publishers.</summary>
    public static IReadOnlyList<string> Places { get; } =
    [
        "alma-kitten", "almalinux", "alpine", "amazon", "arch", "centos", "debian", "fedora", "fedora-coreos", "flatcar", "flatcar-beta",
        "flatcar-lts", "freebsd", "gentoo", "kali", "opensuse", "oracle", "rocky", "talos", "ubuntu",
    ];

    /// <summary>How keys end, and how most publishers of rebuilds spell that architecture.</summary>
    private static readonly (string Suffix, string Name)[] Four =
        [("", "x86_64"), ("-arm64", "aarch64"), ("-ppc64el", "ppc64le"), ("-s390x", "s390x")];

    private static readonly (string Suffix, string Name)[] Two = Four[..2];

    // GNU list with the alias and other images, detached signature. 10 has a further architecture, and a count behind the day.
    private void Alma(int round)
    {
        (string Suffix, string Name)[] v2 = [("-amd64v2", "x86_64_v2")];
        foreach (var (release, stamp, architectures) in new[]
        {
            ("8", round == 0 ? "8.10-20260526" : $"8.10-202607{round:00}", Four),
            ("9", round == 0 ? "9.8-20260526" : $"9.10-202607{round:00}", Four),
            ("10", $"10.2-20260526.{9 + round}", [.. Four, .. v2]),
        })
        {
            foreach (var (suffix, arch) in architectures)
                AlmaList($"almalinux{release}{suffix}", $"almalinux/{release}/cloud/{arch}/images", $"AlmaLinux-{release}-GenericCloud-", stamp, arch);
        }

        foreach (var (suffix, arch) in Two.Concat(v2))
            AlmaList(
                $"almalinux-kitten10{suffix}", $"alma-kitten/10-kitten/cloud/{arch}/images", "AlmaLinux-Kitten-GenericCloud-10-",
                $"20260501.{round}", arch);
    }

    private void AlmaList(string distribution, string directory, string stem, string stamp, string arch)
    {
        var image = Image(distribution, directory, $"{stem}{stamp}.{arch}.qcow2", stamp);
        var list = Write(image, "CHECKSUM", $"""
            {image.Sha256.Hex}  {stem}{stamp}.{arch}.qcow2
            {Other(1)}  {stem}ext4-9.99-20270101.{arch}.qcow2
            {image.Sha256.Hex}  {stem}latest.{arch}.qcow2
            {Other(2)}  AlmaLinux-9-OpenNebula-9.99-20270101.{arch}.qcow2

            """);
        Sign(list, list + ".asc");
    }

    // BSD list with sizes, of several minors, detached signature.
    private void Rocky(int round)
    {
        foreach (var (release, architectures) in new[] { ("8", Two), ("9", Four), ("10", Four) })
        {
            foreach (var (suffix, arch) in architectures)
            {
                var stamp = $"{release}.{6 + round}-20260525.0";
                var stem = $"Rocky-{release}-GenericCloud";
                var image = Image($"rocky{release}{suffix}", $"rocky/{release}/images/{arch}", $"{stem}-Base-{stamp}.{arch}.qcow2", stamp);
                var list = Write(image, "CHECKSUM", $"""
                    # {stem}-LVM-{release}.99-20270101.0.{arch}.qcow2: 1 bytes
                    SHA256 ({stem}-LVM-{release}.99-20270101.0.{arch}.qcow2) = {Other(1)}
                    SHA256 ({stem}-Base-{release}.5-20241118.0.{arch}.qcow2) = {Other(2)}
                    # {stem}-Base-{stamp}.{arch}.qcow2: {image.Length} bytes
                    SHA256 ({stem}-Base-{stamp}.{arch}.qcow2) = {image.Sha256.Hex}
                    SHA256 ({stem}-Base.latest.{arch}.qcow2) = {image.Sha256.Hex}

                    """);
                Sign(list, list + ".asc");
            }
        }
    }

    // BSD list of two families, unsigned, with a downloader's progress at its end.
    private void CentOs(int round)
    {
        foreach (var release in new[] { "9", "10" })
        {
            foreach (var (suffix, arch) in Four)
            {
                var stamp = $"20260720.{round}";
                var stem = $"CentOS-Stream-GenericCloud-{release}-";
                var image = Image($"centos-stream{release}{suffix}", $"centos/{release}-stream/{arch}/images", $"{stem}{stamp}.{arch}.qcow2", stamp);
                Write(image, "CHECKSUM", $"""
                    # {stem}{stamp}.{arch}.qcow2: {image.Length} bytes
                    SHA256 ({stem}{stamp}.{arch}.qcow2) = {image.Sha256.Hex}
                    SHA256 ({stem}latest.{arch}.qcow2) = {image.Sha256.Hex}
                    SHA256 (CentOS-Stream-GenericCloud-{arch}-{release}-20270101.0.{arch}.qcow2) = {Other(1)}
                     75  448968K   75  337600K    0     0  11.1M      0  0:00:40
                    """);
            }
        }
    }

    // A document for each release and architecture, which has the digest.
    private void Oracle(int round)
    {
        foreach (var release in new[] { "8", "9", "10" })
        {
            foreach (var (suffix, arch, kind, document) in new[]
            {
                ("", "x86_64", "kvm", $"ol{release}-template.json"), ("-arm64", "aarch64", "kvm-cloud", $"ol{release}_aarch64-cloud-template.json"),
            })
            {
                var name = $"OL{release}U8_{arch}-{kind}-b{293 + round}.qcow2";
                var image = Image($"oracle{release}{suffix}", $"oracle/OL{release}/u8/{arch}", name, $"8-b{293 + round}");
                File.WriteAllText(Path.Combine(folder, "oracle", document), $$$"""
                    {"version": "{{{release}}}", "release": "8", "base_url": "https://yum.oracle.com/templates/OracleLinux/OL{{{release}}}/u8/{{{arch}}}",
                     "xen": {"image": "OL{{{release}}}U8_{{{arch}}}-xen-b999.qcow2", "sha256": "{{{Other(1)}}}" },
                     "kvm": {"image": "{{{name}}}", "sha256": "{{{image.Sha256.Hex}}}"} }
                    """);
            }
        }
    }

    // latest/ leads to the version; its directory has images of several kernels.
    private void Amazon(int round)
    {
        var version = $"2023.12.202609{20 + round}.0";
        foreach (var (suffix, arch, directory) in new[] { ("", "x86_64", "kvm"), ("-arm64", "arm64", "kvm-arm64") })
        {
            var image = Image(
                $"amazon2023{suffix}", $"amazon/al2023/os-images/{version}/{directory}", $"al2023-kvm-{version}-kernel-6.12-{arch}.xfs.gpt.qcow2",
                $"{version}-6.12");
            Write(image, "SHA256SUMS", $"""
                {Other(1)}  al2023-kvm-{version}-kernel-6.1-{arch}.xfs.gpt.qcow2
                {image.Sha256.Hex}  al2023-kvm-{version}-kernel-6.12-{arch}.xfs.gpt.qcow2

                """);
        }

        File.WriteAllText(
            Path.Combine(folder, "amazon/al2023/os-images/latest" + FolderServer.Redirect), $"/amazon/al2023/os-images/{version}/");
    }

    // One document names all releases, a clear-signed list lies beside each image.
    private void Fedora(int round)
    {
        var names = new List<string>
        {
            "Fedora-Cloud-Base-UEFI-UKI-44-1.99.x86_64.qcow2", "Fedora-Cloud-Base-Generic-45_Beta-1.3.x86_64.qcow2",
            "Fedora-Cloud-Base-Generic-44-1.99.s390x.qcow2", "Fedora-Cloud-Base-GCE-44-1.99.x86_64.tar.gz",
        };
        foreach (var (release, stamp) in new[] { ("fedora", $"44-1.{7 + round}"), ("fedora-previous", $"43-1.{6 + round}") })
        {
            foreach (var (suffix, arch) in Two)
            {
                var name = $"Fedora-Cloud-Base-Generic-{stamp}.{arch}.qcow2";
                var image = Image(release + suffix, $"fedora/{stamp[..2]}/Cloud/{arch}/images", name, stamp);
                ClearSign(image, $"Fedora-Cloud-{stamp}-{arch}-CHECKSUM", $"""
                    # {name}: {image.Length} bytes
                    SHA256 ({name}) = {image.Sha256.Hex}
                    SHA256 (Fedora-Cloud-Base-UEFI-UKI-{stamp}.{arch}.qcow2) = {Other(1)}
                    """);
                names.Add(name);
            }
        }

        File.WriteAllText(Path.Combine(folder, "fedora", "releases.json"), new JsonArray([.. names.Select(name => new JsonObject
        {
            ["version"] = "44",
            ["link"] = "https://download.fedoraproject.org/pub/fedora/linux/releases/44/Cloud/x86_64/images/" + name,
            ["variant"] = "Cloud",
            ["subvariant"] = "Cloud_Base",
        })]).ToJsonString());
    }

    // A document has the digests of both forms; the packed image is signed itself.
    private void CoreOs(int round)
    {
        var stamp = $"44.20260707.3.{1 + round}";
        var architectures = new JsonObject();
        foreach (var (suffix, arch) in Four)
        {
            var name = $"fedora-coreos-{stamp}-openstack.{arch}.qcow2.xz";
            var image = PackedImage($"fedora-coreos{suffix}", $"fedora-coreos/prod/streams/stable/builds/{stamp}/{arch}", name, stamp);
            Sign(image.File, image.File + ".sig", binary: true);
            var location = $"https://builds.coreos.example/prod/streams/stable/builds/{stamp}/{arch}/{name}";
            architectures[arch] = new JsonObject
            {
                ["artifacts"] = new JsonObject
                {
                    ["qemu"] = Artifact(location.Replace("openstack", "qemu", StringComparison.Ordinal), Other(1), Other(2)),
                    ["openstack"] = Artifact(location, image.Sha256.Hex, image.UnpackedSha256!.Hex),
                },
            };
        }

        Directory.CreateDirectory(Path.Combine(folder, "fedora-coreos/streams"));
        File.WriteAllText(
            Path.Combine(folder, "fedora-coreos/streams/stable.json"),
            new JsonObject { ["stream"] = "stable", ["architectures"] = architectures }.ToJsonString());

        JsonObject Artifact(string location, string digest, string unpacked) => new()
        {
            ["release"] = stamp,
            ["formats"] = new JsonObject
            {
                ["qcow2.xz"] = new JsonObject
                {
                    ["disk"] = new JsonObject { ["location"] = location, ["sha256"] = digest, ["uncompressed-sha256"] = unpacked },
                },
            },
        };
    }

    // The listing as a table of JSON; a list and its signature beside each image.
    private void OpenSuse(int round)
    {
        const string Leap15 = "opensuse/distribution/leap/15.6/appliances";
        const string Leap16 = "opensuse/distribution/leap/16.0/appliances";
        const string Rolling = "opensuse/tumbleweed/appliances";
        const string Ports = "opensuse/ports/aarch64/tumbleweed/appliances";
        var (build, snapshot) = ($"18.{9 + round}", $"202609{11 + round}");
        foreach (var (distribution, directory, stem, stamp) in new[]
        {
            ("opensuse-leap15.6", Leap15, "openSUSE-Leap-15.6-Minimal-VM.x86_64-15.6.0-Cloud-Build", build),
            ("opensuse-leap15.6-arm64", Leap15, "openSUSE-Leap-15.6-Minimal-VM.aarch64-15.6.0-Cloud-Build", build),
            ("opensuse-leap16", Leap16, "Leap-16.0-Minimal-VM.x86_64-Cloud-Build", build),
            ("opensuse-leap16-arm64", Leap16, "Leap-16.0-Minimal-VM.aarch64-Cloud-Build", build),
            ("opensuse-tumbleweed", Rolling, "openSUSE-Tumbleweed-Minimal-VM.x86_64-1.0.0-Cloud-Snapshot", snapshot),
            ("opensuse-tumbleweed-arm64", Ports, "openSUSE-Tumbleweed-Minimal-VM.aarch64-1.0.0-Cloud-Snapshot", snapshot),
            ("opensuse-microos", Rolling, "openSUSE-MicroOS.x86_64-16.0.0-OpenStack-Cloud-Snapshot", snapshot),
            ("opensuse-microos-arm64", Ports, "openSUSE-MicroOS.aarch64-16.0.0-OpenStack-Cloud-Snapshot", snapshot),
        })
        {
            var image = Image(distribution, directory, $"{stem}{stamp}.qcow2", stamp);
            var list = Write(image, Path.GetFileName(image.File) + ".sha256", $"{image.Sha256.Hex}  {Path.GetFileName(image.File)}\n");
            Sign(list, list + ".asc");
        }
    }

    // A text names the version; the list has a section for each algorithm, and is clear-signed.
    private void Flatcar(int round)
    {
        const string Name = "flatcar_production_openstack_image.img";
        foreach (var (distribution, place, version) in new[]
        {
            ("flatcar-stable", "flatcar", $"4593.2.{9 + round}"), ("flatcar-beta", "flatcar-beta", $"4757.1.{round}"),
            ("flatcar-lts", "flatcar-lts", $"4081.3.{10 + round}"),
        })
        {
            foreach (var (suffix, arch) in new[] { ("", "amd64"), ("-arm64", "arm64") })
            {
                var image = Image(distribution + suffix, $"{place}/{arch}-usr/{version}", Name, version);
                ClearSign(image, Name + ".DIGESTS.asc", $"""
                    # MD5 HASH
                    {Other(1)[..32]}  {Name}
                    # SHA1 HASH
                    {Other(2)[..40]}  {Name}
                    # SHA512 HASH
                    {image.Sha512.Hex}  {Name}
                    """);
                var current = Directory.CreateDirectory(Path.Combine(folder, $"{place}/{arch}-usr/current")).FullName;
                File.WriteAllText(
                    Path.Combine(current, "version.txt"), $"FLATCAR_BUILD=4593\nFLATCAR_VERSION={version}\nFLATCAR_VERSION_ID={version}\n");
            }
        }
    }

    // A directory for each image, a list and its signature beside it.
    private void Arch(int round)
    {
        var stamp = $"20260901.{9 + round}";
        var image = Image("arch", $"arch/v{stamp}", $"Arch-Linux-x86_64-cloudimg-{stamp}.qcow2", stamp);
        var list = Write(image, Path.GetFileName(image.File) + ".SHA256", $"{image.Sha256.Hex}  {Path.GetFileName(image.File)}\n");
        Sign(list, list + ".sig");
    }

    // A directory for each branch; a bare digest and a signature beside each image; names of two schemes.
    private void Alpine(int round)
    {
        Directory.CreateDirectory(Path.Combine(folder, "alpine/v3.9/releases/cloud"));
        foreach (var (branch, keys) in new[] { ("3.22", (string[])["alpine322"]), ("3.23", ["alpine323"]), ("3.24", ["alpine", "alpine324"]) })
        {
            foreach (var (suffix, arch) in Two)
            {
                var firmware = suffix is "" ? "bios" : "uefi";
                var (stamp, name) = round == 0
                    ? ($"{branch}.1-r0", $"nocloud_alpine-{branch}.1-{arch}-{firmware}-cloudinit-r0.qcow2")
                    : ($"{branch}.{1 + round}-r{round}", $"alpine-{branch}.{1 + round}-{arch}-cloudinit-r{round}.qcow2");
                var image = Image(keys[0] + suffix, $"alpine/v{branch}/releases/cloud", name, stamp);
                foreach (var also in keys[1..])
                    _newest[also + suffix] = image;
                Write(image, name + ".sha512", image.Sha512.Hex + "\n");
                Sign(image.File, image.File + ".asc");
                Write(image, $"alpine-{branch}.9-{arch}-cloudinit-metal-r9.qcow2", "another image");
            }
        }
    }

    // A clear-signed pointer and a clear-signed digest.
    private void Gentoo(int round)
    {
        var stamp = $"2026081{6 + round}T170149Z";
        foreach (var (suffix, arch) in new[] { ("", "amd64"), ("-arm64", "arm64") })
        {
            var image = Image($"gentoo{suffix}", $"gentoo/{arch}/autobuilds/{stamp}", $"di-{arch}-cloudinit-{stamp}.qcow2", stamp);
            ClearSign(image, Path.GetFileName(image.File) + ".sha256", $"# SHA256 HASH\n{image.Sha256.Hex}  {Path.GetFileName(image.File)}");
            File.WriteAllText(
                Path.Combine(folder, $"gentoo/{arch}/autobuilds/latest-di-{arch}-cloudinit.txt"), key.ClearSign($"""
                # Latest as of Sun, 16 Aug 2026 18:00:00 +0000
                # ts=1786903200
                {stamp}/di-{arch}-cloudinit-{stamp}.qcow2 {image.Length}
                """));
        }
    }

    // A directory for each release; the list beside the packed image is not signed, its copy on the website is.
    private void FreeBsd(int round)
    {
        foreach (var version in new[] { $"14.{4 + round}", $"15.{1 + round}" })
        {
            foreach (var (suffix, directory, arch) in new[]
            {
                ("", "amd64", "amd64"), ("-arm64", "aarch64", "arm64-aarch64"), ("-riscv64", "riscv64", "riscv-riscv64"),
            })
            {
                var stem = $"FreeBSD-{version}-RELEASE-{arch}";
                var image = PackedImage(
                    $"freebsd{version[..2]}{suffix}", $"freebsd/{version}-RELEASE/{directory}/Latest", $"{stem}-BASIC-CLOUDINIT-ufs.qcow2.xz", version);
                var list = $"""
                    SHA512 ({stem}-BASIC-CLOUDINIT-zfs.qcow2.xz) = {Other(1)}{Other(1)}
                    SHA512 ({stem}-BASIC-CLOUDINIT-ufs.qcow2.xz) = {image.Sha512.Hex}
                    """;
                Write(image, "CHECKSUM.SHA512", list + "\n");
                var website = Directory.CreateDirectory(Path.Combine(folder, $"freebsd.org/releases/{version}R/checksums")).FullName;
                File.WriteAllText(Path.Combine(website, $"CHECKSUM.SHA512-{stem}-vm.asc"), key.ClearSign(list));
            }
        }
    }

    // A directory for each release; the image is an archive with a raw disk in it.
    private void Kali(int round)
    {
        var version = $"2026.{2 + round}";
        Directory.CreateDirectory(Path.Combine(folder, "kali/current"));
        foreach (var (suffix, arch) in new[] { ("", "amd64"), ("-arm64", "arm64") })
        {
            var name = $"kali-linux-{version}-cloud-genericcloud-{arch}.tar.xz";
            var image = PackedImage($"kali{suffix}", $"kali/kali-{version}", name, version);
            File.AppendAllText(Path.Combine(image.Directory, "SHA256SUMS"), $"{image.Sha256.Hex}  {name}\n");
        }
    }

    // A document has all versions; the factory of one's own has the digest beside the image.
    private void Talos(int round)
    {
        var version = $"1.11.{9 + round}";
        foreach (var (suffix, arch) in new[] { ("", "amd64"), ("-arm64", "arm64") })
        {
            var name = $"openstack-{arch}.raw.xz";
            var image = PackedImage(
                $"talos{suffix}", $"talos/image/376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba/v{version}", name, version);
            Write(image, name + ".sha256", $"{image.Sha256.Hex}  {name}\n");
        }

        File.WriteAllText(
            Path.Combine(folder, "talos/versions"), new JsonArray("v1.9.0", "v1.11.2", $"v{version}", "v1.12.0-alpha.0").ToJsonString());
    }

    private void Debian(int round)
    {
        var version = $"202607{17 + round}-1811";
        foreach (var (distribution, release, architectures) in new[]
        {
            ("debian11", DebianRelease.Bullseye, (string[])["amd64", "arm64"]), ("debian12", DebianRelease.Bookworm, ["amd64", "arm64"]),
            ("debian13", DebianRelease.Trixie, ["amd64", "arm64"]), ("debian14", DebianRelease.Forky, ["amd64", "arm64"]),
            ("debian-sid", DebianRelease.Sid, ["amd64", "arm64"]),
            ("debian11-generic", DebianRelease.Bullseye with { Vendor = "generic" }, ["amd64", "arm64", "ppc64el"]),
            ("debian12-generic", DebianRelease.Bookworm with { Vendor = "generic" }, ["amd64", "arm64", "ppc64el"]),
            ("debian13-generic", DebianRelease.Trixie with { Vendor = "generic" }, ["amd64", "arm64", "ppc64el", "riscv64"]),
            ("debian14-generic", DebianRelease.Forky with { Vendor = "generic" }, ["amd64", "arm64", "ppc64el", "riscv64"]),
        })
        {
            foreach (var arch in architectures)
            {
                var entry = distribution + (arch is "amd64" ? "" : $"-{arch}");
                _newest[entry] = new DebianTree(Path.Combine(folder, "debian")).Publish(release, version, arch, Small(entry, version));
                if (release == DebianRelease.Sid)
                    _newest[entry.Replace("-sid", "-testing", StringComparison.Ordinal)] = _newest[entry];
            }
        }
    }

    private void Ubuntu(int round)
    {
        var tree = new UbuntuTree(Path.Combine(folder, "ubuntu"));
        var serial = $"202607{20 + round}";
        foreach (var (release, codename) in new[]
        {
            ("18.04", "bionic"), ("20.04", "focal"), ("22.04", "jammy"), ("24.04", "noble"), ("26.04", "resolute"),
        })
        {
            foreach (var arch in new[] { "amd64", "arm64", "ppc64el", "s390x", "riscv64" })
            {
                var (entry, suffix) = ($"ubuntu{release[..2]}", arch is "amd64" ? "" : $"-{arch}");
                var old = release is "18.04" or "20.04";
                if (arch is "amd64" or "arm64")
                    _newest[$"{entry}-minimal{suffix}"] = tree.PublishRelease(
                        "minimal/releases/" + codename, $"ubuntu-{release}-minimal-cloudimg-{arch}", serial, Small(entry + arch, serial + "m"), key);
                if (arch is "amd64" or "arm64" || !old)
                    _newest[entry + suffix] = tree.Publish(codename, serial, arch, Small(entry + arch, serial), key);
                if (arch is not "riscv64" || !old)
                    _newest[$"{entry}-release{suffix}"] = tree.PublishRelease(
                        "releases/" + codename, $"ubuntu-{release}-server-cloudimg-{arch}", serial, Small(entry + arch, serial + "r"), key);
            }
        }
    }

    private PublishedImage Image(string distribution, string directory, string name, string revision)
    {
        var place = Directory.CreateDirectory(Path.Combine(folder, directory)).FullName;
        var file = Path.Combine(place, name);
        Small(distribution, revision).WriteTo(file);
        return _newest[distribution] = new PublishedImage(file, place, "", revision, Sums.Sha256(file), Sums.Sha512(file));
    }

    /// <summary>Packed in what its name says.</summary>
    private PublishedImage PackedImage(string distribution, string directory, string name, string revision)
    {
        var place = Directory.CreateDirectory(Path.Combine(folder, directory)).FullName;
        var disk = Small(distribution, revision).Build();
        if (!name.Contains(".qcow2", StringComparison.Ordinal))
            disk = RawDisk(disk);
        var file = Path.Combine(place, name);
        File.WriteAllBytes(file, Packers.Xz(name.EndsWith(".tar.xz", StringComparison.Ordinal) ? Packers.Tar("disk.raw", disk) : disk));
        return _newest[distribution] = new PublishedImage(file, place, "", revision, Sums.Sha256(file), Sums.Sha512(file))
        {
            UnpackedSha256 = Digest.FromBytes(DigestAlgorithm.Sha256, SHA256.HashData(disk)),
            UnpackedSha512 = Digest.FromBytes(DigestAlgorithm.Sha512, SHA512.HashData(disk)),
        };
    }

    /// <summary>A boot sector with one partition, and some data.</summary>
    private static byte[] RawDisk(byte[] data)
    {
        var disk = new byte[1 << 20];
        data.AsSpan(data.Length - (64 << 10)).CopyTo(disk.AsSpan(64 << 10));
        disk[446 + 4] = 0x83; // of Linux, from the sector 128 to the end
        BinaryPrimitives.WriteUInt32LittleEndian(disk.AsSpan(446 + 8), 128);
        BinaryPrimitives.WriteUInt32LittleEndian(disk.AsSpan(446 + 12), ((uint)disk.Length / 512) - 128);
        (disk[510], disk[511]) = (0x55, 0xaa);
        return disk;
    }

    /// <summary>Another disk for each image.</summary>
    private static Qcow2Builder Small(string distribution, string revision) => new()
    {
        Seed = BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes($"{distribution} {revision}"))),
        DataSize = 64 << 10,
    };

    private static string Write(PublishedImage image, string name, string text)
    {
        var file = Path.Combine(image.Directory, name);
        File.WriteAllText(file, text);
        return file;
    }

    private void ClearSign(PublishedImage image, string name, string text) => Write(image, name, key.ClearSign(text));

    private void Sign(string file, string signature, bool binary = false)
    {
        if (binary)
            File.WriteAllBytes(signature, key.SignBinary(File.ReadAllBytes(file)));
        else
            File.WriteAllText(signature, key.Sign(File.ReadAllBytes(file)));
    }

    /// <summary>The digest of an image that is not there.</summary>
    private static string Other(int number) => new((char)('a' + number), 64);
}

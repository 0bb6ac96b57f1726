using Imgsync.Core.Catalog;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;

namespace Imgsync.Core.Tests.Catalog;

public sealed class DistributionCatalogTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"catalog-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("debian11", "https://cloud.debian.org/images/cloud/bullseye/latest/debian-11-genericcloud-amd64.qcow2")]
    [InlineData("debian12", "https://cloud.debian.org/images/cloud/bookworm/latest/debian-12-genericcloud-amd64.qcow2")]
    [InlineData("debian13", "https://cloud.debian.org/images/cloud/trixie/latest/debian-13-genericcloud-amd64.qcow2")]
    [InlineData("debian14", "https://cloud.debian.org/images/cloud/forky/daily/latest/debian-14-genericcloud-amd64-daily.qcow2")]
    [InlineData("debian-testing", "https://cloud.debian.org/images/cloud/sid/daily/latest/debian-sid-genericcloud-amd64-daily.qcow2")]
    [InlineData("ubuntu18", "https://cloud-images.ubuntu.com/bionic/current/bionic-server-cloudimg-amd64.img")]
    [InlineData("ubuntu20", "https://cloud-images.ubuntu.com/focal/current/focal-server-cloudimg-amd64.img")]
    [InlineData("ubuntu22", "https://cloud-images.ubuntu.com/jammy/current/jammy-server-cloudimg-amd64.img")]
    [InlineData("ubuntu24", "https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-amd64.img")]
    [InlineData("ubuntu26", "https://cloud-images.ubuntu.com/resolute/current/resolute-server-cloudimg-amd64.img")]
    [InlineData("debian12-arm64", "https://cloud.debian.org/images/cloud/bookworm/latest/debian-12-genericcloud-arm64.qcow2")]
    [InlineData("ubuntu24-arm64", "https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-arm64.img")]
    public void Knows_the_distributions_that_peoples_configurations_name(string key, string image)
    {
        var spec = Load().Get(key);

        Assert.Equal(image, spec.Locate(spec.Path + spec.ImageName).AbsoluteUri);
    }

    [Fact]
    public void Debian_and_FreeBSD_have_a_raw_file_beside_each_image_and_nobody_else()
    {
        var raw = Load().All.Where(spec => spec.RawImageName is not null).ToList();

        Assert.Equal(
            Load().All.Where(spec => spec.Publisher.Name is "debian" or "freebsd").Select(spec => spec.Key), raw.Select(spec => spec.Key));
        Assert.All(raw, spec => Assert.Equal(spec.ImageName.Replace(".qcow2", ".raw", StringComparison.Ordinal), spec.RawImageName));
    }

    [Theory]
    [InlineData("""{ "title": "Mine" }""", "debian-12-genericcloud-amd64.raw")]
    [InlineData("""{ "rawImage": "none" }""", null)]
    [InlineData("""{ "image": "debian-12-nocloud-{arch}.qcow2" }""", null)]
    [InlineData("""{ "image": "debian-12-genericcloud-{arch}.qcow2" }""", "debian-12-genericcloud-amd64.raw")]
    [InlineData("""{ "image": "debian-12-genericcloud-{arch}.raw", "diskFormat": "raw" }""", null)]
    [InlineData("""{ "image": "debian-12-nocloud-{arch}.qcow2", "rawImage": "debian-12-nocloud-{arch}.raw" }""", "debian-12-nocloud-amd64.raw")]
    public void An_entry_over_a_built_in_one_keeps_the_raw_file_of_the_image_that_it_keeps(string own, string? expected) =>
        Assert.Equal(expected, Load($$"""{ "distributions": { "debian12": {{own}} } }""").Get("debian12").RawImageName);

    [Fact]
    public void Every_family_is_there_for_amd64_and_but_for_two_for_arm64()
    {
        var families = Load().All.ToLookup(spec => spec.Family, StringComparer.Ordinal);

        Assert.Equal(
            [
                "almalinux", "alpine", "amazon", "arch", "centos", "cirros", "debian", "fedora", "flatcar", "freebsd", "gentoo", "kali",
                "opensuse", "oracle", "rocky", "talos", "ubuntu",
            ],
            families.Select(family => family.Key).Order(StringComparer.Ordinal));
        Assert.Equal(164, Load().All.Count);
        Assert.All(families, family => Assert.Contains(family, spec => spec.Architecture is Architecture.Amd64));
        Assert.Equal(
            ["arch", "cirros"], families.Where(family => family.All(spec => spec.Architecture is not Architecture.Arm64)).Select(family => family.Key));
    }

    [Fact]
    public void What_is_published_unsigned_or_was_never_tried_says_so_and_no_release_has_two_generic_images()
    {
        var all = Load().All;

        Assert.Equal(
            ["almalinux", "amazon", "arch", "centos", "cirros", "debian", "flatcar", "kali", "talos"],
            all.Where(spec => spec.Publisher.Signature is not SignaturePolicy.Required || spec.Family is "arch" or "flatcar")
                .Select(spec => spec.Family).Distinct(StringComparer.Ordinal).Where(family => family is not "oracle").Order(StringComparer.Ordinal));
        Assert.All(all.Where(spec => spec.Unconfirmed is not null), spec => Assert.NotEmpty(spec.Unconfirmed!));
        Assert.NotNull(Load().Get("oracle9").Unconfirmed);
        Assert.All(
            all.Where(spec => spec.Purpose is "generic")
                .CountBy(spec => (spec.OsDistro, spec.OsVersion, spec.Family is "freebsd" ? spec.Parts["version"] : "", spec.Architecture)),
            count => Assert.Equal(1, count.Value));
    }

    [Theory]
    [InlineData("DEBIAN12", "debian12")]
    [InlineData("debian1?,-arm64,-debian11", "debian12 debian13 debian14")]
    [InlineData("debian12*,-*generic*", "debian12 debian12-arm64")]
    [InlineData("Family:Rocky,-arm64,-ppc64el,-S390X", "rocky8 rocky9 rocky10")]
    [InlineData("ubuntu24,debian12,ubuntu24", "ubuntu24 debian12")]
    [InlineData("debian12,-debian12", "")]
    [InlineData("debian12,-arm46", "debian12 -arm46")]
    [InlineData("debain*,debian12", "debain* debian12")]
    [InlineData("family:slackware", "family:slackware")]
    public void Distributions_are_chosen_by_keys_patterns_and_families_and_left_out_by_a_hyphen(string words, string expected) =>
        Assert.Equal(expected, string.Join(' ', Load().Choose(words.Split(','))));

    [Fact]
    public void What_the_settings_choose_by_patterns_is_known_by_its_keys()
    {
        var options = Load().Choose(new ImgsyncOptions
        {
            Distributions = ["family:arch", "debian12*", "-arm64"],
            Clouds = [new CloudOptions { Distributions = ["CirrOS"] }, new CloudOptions()],
        });

        Assert.Equal(["arch", "debian12", "debian12-generic", "debian12-generic-ppc64el"], options.Distributions);
        Assert.Equal(["cirros"], options.Clouds[0].Distributions);
        Assert.Null(options.Clouds[1].Distributions);
    }

    /// <summary>Debian 11 is as near and has ended.</summary>
    [Fact]
    public void A_wrong_key_is_answered_with_one_that_lasts() =>
        Assert.Equal("There is no distribution debian1; did you mean debian14?", Assert.Throws<ConfigurationException>(() => Load().Get("debian1")).Message);

    [Fact]
    public void A_catalogue_may_name_its_schema_for_the_editor()
    {
        File.WriteAllText(_file, """{ "$schema": "catalog.schema.json", "distributions": { "debian12": { "title": "Bookworm" } } }""");

        Assert.Equal(
            "Bookworm", CatalogLoader.Load(_file, new Dictionary<string, Uri>(StringComparer.Ordinal)).Get("debian12").Title);
    }

    [Fact]
    public void Ubuntu_must_be_signed_by_a_pinned_key_and_debian_is_not_signed()
    {
        var catalog = Load();

        Assert.Equal(SignaturePolicy.Required, catalog.Get("ubuntu24").Publisher.Signature);
        Assert.Contains("D2EB44626FDDC30B513D5BB71A5D6C4C7DB87C81", catalog.Get("ubuntu24").Publisher.SignedBy, StringComparer.Ordinal);
        Assert.Equal(SignaturePolicy.None, catalog.Get("debian12").Publisher.Signature);
    }

    [Theory]
    [InlineData("debian-testing", 45)]
    [InlineData("debian14-arm64", 45)]
    [InlineData("debian13", 120)]
    [InlineData("ubuntu24", 120)]
    [InlineData("debian11", null)] // at rest
    [InlineData("debian12", null)] // in long-term support, which publishes by need
    [InlineData("ubuntu20", null)]
    public void Says_how_old_the_newest_image_of_what_moves_may_be(string key, int? days) =>
        Assert.Equal(days, (int?)Load().Get(key).MaxAge?.TotalDays);

    [Fact]
    public void Every_built_in_distribution_has_what_metadata_asks_for()
    {
        Assert.All(Load().All, spec =>
        {
            Assert.Contains(spec.Purpose, ScsMetadata.Purposes);
            Assert.StartsWith("https://", spec.Description, StringComparison.Ordinal);
            Assert.Contains(spec.ReplaceFrequency, ScsMetadata.Frequencies);
        });
        Assert.All(
            Load().All, spec => Assert.Equal(
                spec.Key.StartsWith("debian14", StringComparison.Ordinal) || spec.Family is "flatcar" or "fedora" or "cirros"
                || spec.OsVersion is "testing" or "sid" or "rolling" or "tumbleweed" or "microos" or "{revision}" || (spec.OsVersion is "{version}" && spec.Family is not "freebsd")
                || spec.Key.StartsWith("oracle10", StringComparison.Ordinal) || spec.Key.StartsWith("almalinux-kitten", StringComparison.Ordinal),
                spec.EndOfSupport is null));
    }

    [Fact]
    public void An_entrys_least_disk_and_the_properties_of_one_architecture_are_its_own()
    {
        var catalogue = Load();

        Assert.Equal((10, 25, 0), (catalogue.Get("rocky9").MinDisk, catalogue.Get("amazon2023").MinDisk, catalogue.Get("debian12").MinDisk));
        Assert.Equal("bios", catalogue.Get("centos-stream9").Properties["hw_firmware_type"]);
        Assert.False(catalogue.Get("centos-stream9-arm64").Properties.ContainsKey("hw_firmware_type"));
        Assert.Equal("10/cloud/x86_64_v2/images/", catalogue.Get("almalinux10-amd64v2").Path);
        Assert.Equal("al2023/os-images/{version}/kvm-arm64/", catalogue.Get("amazon2023-arm64").Path);
    }

    [Theory]
    [InlineData("fedora", "44-1.7", "44")]
    [InlineData("alpine", "3.24.2-r2", "3.24.2")]
    [InlineData("alpine324", "3.24.2-r2", "3.24")]
    [InlineData("fedora", null, null)]
    [InlineData("fedora", "rawhide", null)]
    public void A_version_may_be_what_the_revision_says(string key, string? revision, string? expected) =>
        Assert.Equal(expected, Load().Get(key).OsVersionOf(revision));

    [Fact]
    public void A_user_can_say_how_soon_a_publisher_signs_or_that_it_does_at_any_time()
    {
        Assert.Equal(30, Load().Get("ubuntu24").Publisher.SignedWithin?.TotalDays);
        Assert.Equal(90, Load("""{ "publishers": { "ubuntu": { "signedWithin": "90d" } } }""").Get("ubuntu24").Publisher.SignedWithin?.TotalDays);
        Assert.Null(Load("""{ "publishers": { "ubuntu": { "signedWithin": "0" } } }""").Get("ubuntu24").Publisher.SignedWithin);
    }

    [Fact]
    public void A_mirror_replaces_the_place_we_read_from_and_not_the_official_one()
    {
        var mirror = new Dictionary<string, Uri>(StringComparer.Ordinal) { ["debian"] = new("http://mirror.example/debian/cloud") };

        var spec = CatalogLoader.Load(userFile: null, mirror).Get("debian12");

        Assert.Equal("http://mirror.example/debian/cloud/bookworm/latest/", spec.Locate(spec.Path).AbsoluteUri);
        Assert.Equal("https://cloud.debian.org/images/cloud/bookworm/latest/", spec.LocateOfficially(spec.Path).AbsoluteUri);
    }

    [Fact]
    public void An_entry_of_the_users_changes_only_the_fields_it_names()
    {
        var catalog = Load("""{ "distributions": { "debian12": { "title": "Debian bookworm", "minRam": 512 } } }""");

        Assert.Equal("Debian bookworm", catalog.Get("debian12").Title);
        Assert.Equal(512, catalog.Get("debian12-arm64").MinRam);
        Assert.Equal("bookworm/latest/", catalog.Get("debian12").Path);
        Assert.Equal("Debian 11", catalog.Get("debian11").Title);
    }

    [Fact]
    public void A_user_can_trust_other_keys_of_a_publisher()
    {
        var catalog = Load("""{ "publishers": { "ubuntu": { "signedBy": ["aaaa bbbb cccc dddd eeee  ffff 0000 1111 2222 3333"] } } }""");

        Assert.Equal("AAAABBBBCCCCDDDDEEEEFFFF0000111122223333", Assert.Single(catalog.Get("ubuntu24").Publisher.SignedBy));
        Assert.Equal(SignaturePolicy.Required, catalog.Get("ubuntu24").Publisher.Signature);
    }

    [Fact]
    public void A_user_can_add_a_publisher_and_a_distribution()
    {
        var catalog = Load("""
            {
              "publishers": { "acme": { "url": "https://images.acme.example/os", "index": "debian", "signature": "none" } },
              "distributions": {
                "acme1": {
                  "publisher": "acme", "title": "Acme OS 1", "path": "one/latest/", "image": "acme-1-{arch}.raw", "architectures": ["arm64"],
                  "diskFormat": "raw", "osDistro": "acme", "osVersion": "1", "adminUser": "acme", "properties": { "hw_disk_bus": "virtio" }
                }
              }
            }
            """);

        var spec = catalog.Get("acme1");

        Assert.Equal("https://images.acme.example/os/one/latest/acme-1-arm64.raw", spec.Locate(spec.Path + spec.ImageName).AbsoluteUri);
        Assert.Equal(Architecture.Arm64, spec.Architecture);
        Assert.Equal("virtio", spec.Properties["hw_disk_bus"]);
    }

    [Fact]
    public void An_unknown_key_is_refused_with_the_nearest_one()
    {
        var refusal = Assert.Throws<ConfigurationException>(() => Load().Select(["debian12", "debain11", "windows"]));

        Assert.Equal(2, refusal.Faults.Count);
        Assert.Equal("There is no distribution debain11; did you mean debian11?", refusal.Faults[0]);
        Assert.Contains("windows", refusal.Faults[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_asked_for_twice_is_selected_once() =>
        Assert.Equal("ubuntu24", Assert.Single(Load().Select(["ubuntu24", "ubuntu24"])).Key);

    private DistributionCatalog Load(string? userFile = null)
    {
        if (userFile is not null)
            File.WriteAllText(_file, userFile);
        return CatalogLoader.Load(userFile is null ? null : _file, new Dictionary<string, Uri>(StringComparer.Ordinal));
    }
}

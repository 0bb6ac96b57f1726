using Imgsync.Core.Catalog;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;

namespace Imgsync.Core.Tests.Publishing;

/// <summary>What scs-0102 asks for: filled in, and missed where it is not there.</summary>
public sealed class ScsProfileTests
{
    private static readonly DateOnly Built = new(2024, 7, 17);

    private static readonly ImageFacts Facts = new("20240717-1811", Built, "https://publisher.example/20240717-1811/debian.qcow2");

    private static readonly DistributionCatalog Catalogue =
        CatalogLoader.Load(userFile: null, new Dictionary<string, Uri>(StringComparer.Ordinal));

    [Fact]
    public void The_profile_fills_what_the_standard_asks_for()
    {
        string[] expected =
        [
            "architecture=x86_64", "distribution=debian", "hotfix_hours=0", "hw_disk_bus=scsi", "hw_rng_model=virtio",
            "hw_scsi_model=virtio-scsi", "hypervisor_type=qemu", "image_build_date=2024-07-17",
            "image_description=https://www.debian.org/releases/bookworm/", "image_original_user=debian",
            "image_source=https://publisher.example/20240717-1811/debian.qcow2", "os_admin_user=debian", "os_distro=debian",
            "os_purpose=generic", "os_type=linux", "os_version=12", "provided_until=2028-06-30", "replace_frequency=critical_bug",
            "type=linux", "uuid_validity=last-1", "version=12",
        ];

        Assert.Equal(expected, InWords(Properties("debian12", new() { Metadata = MetadataProfile.Scs })));
    }

    [Fact]
    public void Without_it_none_of_them_is_there() =>
        Assert.DoesNotContain("uuid_validity", Properties("debian12", new PublishOptions()).Keys, StringComparer.Ordinal);

    [Fact]
    public void An_arm64_image_boots_by_uefi()
    {
        var properties = Properties("ubuntu24-arm64", new() { Metadata = MetadataProfile.Scs });

        Assert.Equal(("aarch64", "uefi", "virt"), (properties["architecture"], properties["hw_firmware_type"], properties["hw_machine_type"]));
    }

    [Fact]
    public void The_operator_comes_last()
    {
        var properties = Properties("debian12", new()
        {
            Metadata = MetadataProfile.Scs,
            Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["uuid_validity"] = "forever", ["hotfix_hours"] = "48" },
            RemoveProperties = ["hypervisor_type"],
        });

        Assert.Equal(("forever", "48", false), (properties["uuid_validity"], properties["hotfix_hours"], properties.ContainsKey("hypervisor_type")));
    }

    [Fact]
    public void What_the_catalogue_does_not_know_is_not_made_up()
    {
        var unknown = Catalogue.Get("debian12") with { Purpose = null, Description = null, ReplaceFrequency = null, EndOfSupport = null };

        var properties = ImageDescription.DescriptiveProperties(unknown, new() { Metadata = MetadataProfile.Scs }, Facts);

        Assert.Equal(
            ("custom", "none", "https://cloud.debian.org/images/cloud/bookworm/latest/", false),
            (properties["os_purpose"], properties["provided_until"], properties["image_description"], properties.ContainsKey("replace_frequency")));
    }

    /// <summary>Nobody is promised more than our own rules keep. An empty age is never.</summary>
    [Theory]
    [InlineData(1, 0, null, "none")]
    [InlineData(2, 0, null, "last-1")]
    [InlineData(5, 0, 0, "last-4")]
    [InlineData(2, 90, null, "last-1")]
    [InlineData(1, 90, null, "2024-10-15")]
    [InlineData(1, 90, 30, "2024-08-16")]
    [InlineData(1, 90, 365, "2024-10-15")]
    [InlineData(1, null, 30, "2024-08-16")]
    [InlineData(1, null, 0, "none")]
    [InlineData(1, null, null, "notice")]
    [InlineData(2, null, null, "notice")]
    public void The_id_is_valid_for_as_long_as_pruning_leaves_the_image(int keep, int? deleteDays, int? deactivateDays, string expected)
    {
        var prune = new PruneOptions { DeleteAfter = Days(deleteDays), DeactivateAfter = Days(deactivateDays) };

        Assert.Equal(expected, Validity(keep, prune));
        Assert.Equal("notice", Validity(keep, prune with { Enabled = false }));
    }

    [Fact]
    public void Of_the_pruning_that_is_configured()
    {
        var options = new ImgsyncOptions
        {
            Publish = new() { Metadata = MetadataProfile.Scs, Keep = 1 },
            Prune = new() { DeleteAfter = TimeSpan.FromDays(90) },
        };

        Assert.Equal("2024-10-15", Properties("debian12", options.PublishFor(new CloudOptions(), "debian12"))["uuid_validity"]);
    }

    [Fact]
    public void An_image_that_the_profile_made_lacks_nothing() => Assert.Empty(ScsProfile.Check(Image("1"), [Image("1")]));

    [Fact]
    public void An_image_that_was_made_without_it_lacks_each_of_them()
    {
        var plain = Image("1") with { Properties = Properties("debian12", new PublishOptions()), MinRam = 0 };

        Assert.Equal(
            [
                "os_purpose is missing", "hw_disk_bus is missing", "image_original_user is missing", "image_description is missing",
                "replace_frequency is missing", "uuid_validity is missing", "provided_until is missing",
                "min_ram is 0, it must be the MiB that the image boots with",
            ],
            ScsProfile.Check(plain, [plain]));
    }

    [Theory]
    [InlineData("architecture", "amd64", "one of aarch64")]
    [InlineData("os_distro", "Debian", "a name in lower case")]
    [InlineData("os_version", "", "not be empty")]
    [InlineData("os_purpose", "desktop", "one of generic")]
    [InlineData("hw_disk_bus", "sas", "one of scsi")]
    [InlineData("hw_rng_model", "random", "must be virtio")]
    [InlineData("hypervisor_type", "kvm", "one of hyperv")]
    [InlineData("image_source", "somewhere", "a URL or private")]
    [InlineData("image_build_date", "17 July", "a day in UTC")]
    [InlineData("image_build_date", "2024-07-19", "is after 2024-07-18, when the image was made")]
    [InlineData("replace_frequency", "hourly", "one of yearly")]
    [InlineData("uuid_validity", "last-two", "none, last-N")]
    [InlineData("uuid_validity", "2026-02-30", "none, last-N")]
    [InlineData("provided_until", "forever", "a day such as 2026-12-31, none or notice")]
    [InlineData("hotfix_hours", "soon", "a number of hours")]
    [InlineData("maintained_until", "none", "a day such as")]
    [InlineData("license_included", "yes", "one of true, false")]
    [InlineData("l1_support_contact", "me", "a URI")]
    public void A_value_that_the_standard_does_not_allow_is_named(string property, string value, string complaint)
    {
        var image = With(Image("1"), property, value);

        var finding = Assert.Single(ScsProfile.Check(image, [image]));

        Assert.StartsWith($"{property} is ", finding, StringComparison.Ordinal);
        Assert.Contains(complaint, finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("image_source", "private")]
    [InlineData("image_original_user", "none")]
    [InlineData("image_description", "Debian as the publisher made it")]
    [InlineData("image_build_date", "2024-07-17 18:11")]
    [InlineData("image_build_date", "2024-07-17 18:11:00")]
    [InlineData("os_purpose", "k8snode")]
    [InlineData("replace_frequency", "never")]
    [InlineData("uuid_validity", "forever")]
    [InlineData("uuid_validity", "last-3")]
    [InlineData("uuid_validity", "2026-12-31")]
    [InlineData("provided_until", "notice")]
    [InlineData("hotfix_hours", "48")]
    [InlineData("note", "anything")]
    public void A_value_that_it_allows_is_not(string property, string value)
    {
        var image = With(Image("1"), property, value);

        Assert.Empty(ScsProfile.Check(image, [image]));
    }

    [Theory]
    [InlineData(0, 3L << 30)]
    [InlineData(2, 3L << 30)]
    public void The_disk_must_be_large_enough(int minDisk, long size)
    {
        var image = Image("1") with { MinDisk = minDisk, Size = size };

        Assert.Equal($"min_disk is {minDisk}, it must be the GiB that the image needs", Assert.Single(ScsProfile.Check(image, [image])));
    }

    [Fact]
    public void Of_the_public_images_of_a_system_one_is_generic()
    {
        GlanceImage[] images =
        [
            Image("1"), Image("2"), Image("hidden") with { OsHidden = true }, Image("private") with { Visibility = "private" },
            With(Image("arm64"), "architecture", "aarch64"), With(Image("minimal"), "os_purpose", "minimal"),
        ];

        var findings = images.ToDictionary(image => image.Id, image => ScsProfile.Check(image, images), StringComparer.Ordinal);

        Assert.Equal(
            "os_purpose is generic, as that of Debian 12 (2): only one public image of a system may be, hide the older",
            Assert.Single(findings["1"]));
        Assert.Single(findings["2"]);
        Assert.All(findings.Where(found => found.Key is not ("1" or "2")), found => Assert.Empty(found.Value));
    }

    private static TimeSpan? Days(int? days) => days is { } some ? TimeSpan.FromDays(some) : null;

    private static string Validity(int keep, PruneOptions prune) =>
        Properties("debian12", new() { Metadata = MetadataProfile.Scs, Keep = keep, Prune = prune })["uuid_validity"];

    private static IReadOnlyDictionary<string, string> Properties(string distribution, PublishOptions options) =>
        ImageDescription.DescriptiveProperties(Catalogue.Get(distribution), options, Facts);

    private static IEnumerable<string> InWords(IReadOnlyDictionary<string, string> properties) =>
        properties.Select(property => $"{property.Key}={property.Value}").Order(StringComparer.Ordinal);

    private static GlanceImage Image(string id) => new()
    {
        Id = id,
        Name = "Debian 12",
        Status = "active",
        Visibility = "public",
        Size = 1L << 30,
        MinDisk = 2,
        MinRam = 512,
        CreatedAt = new DateTimeOffset(Built.AddDays(1), new TimeOnly(3, 0), TimeSpan.Zero),
        Properties = Properties("debian12", new() { Metadata = MetadataProfile.Scs }),
    };

    private static GlanceImage With(GlanceImage image, string property, string value) => image with
    {
        Properties = new Dictionary<string, string>(image.Properties, StringComparer.Ordinal) { [property] = value },
    };
}

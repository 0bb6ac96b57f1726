using Imgsync.Core.Catalog;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Tests.Catalog;

public sealed class DistributionOverlayTests
{
    [Fact]
    public void The_settings_change_one_distribution_and_leave_its_neighbours()
    {
        var catalog = Load(
            "debian12",
            new DistributionOverrides { Title = "Bookworm", Path = "bookworm/daily/latest/", MinRam = 512, OsVersion = "12.1" });

        var changed = catalog.Get("debian12");
        Assert.Equal(
            ("Bookworm", "bookworm/daily/latest/", 512, "12.1", "debian"),
            (changed.Title, changed.Path, changed.MinRam, changed.OsVersion, changed.OsDistro));
        Assert.Equal("Debian 12 arm64", catalog.Get("debian12-arm64").Title);
    }

    [Theory]
    [InlineData(null, 45)]
    [InlineData(7, 7)]
    [InlineData(0, null)]
    public void The_settings_change_the_catalogues_age_limit_or_take_it_away(int? days, int? expected)
    {
        var overrides = new DistributionOverrides { MaxAge = days is { } some ? TimeSpan.FromDays(some) : null, MinRam = 512 };

        Assert.Equal(expected, (int?)Load("debian14", overrides).Get("debian14").MaxAge?.TotalDays);
    }

    [Fact]
    public void A_distribution_is_found_in_any_case()
    {
        var overrides = new Dictionary<string, DistributionOverrides>(StringComparer.Ordinal) { ["DEBIAN12"] = new() { MinRam = 512 } };

        Assert.Equal(512, Load(overrides).Get("debian12").MinRam);
    }

    [Fact]
    public void Another_publisher_brings_its_place_and_its_keys()
    {
        var spec = Load("debian12", new DistributionOverrides { Publisher = "ubuntu" }).Get("debian12");

        Assert.Equal("ubuntu", spec.Index);
        Assert.NotEmpty(spec.Publisher.SignedBy);
    }

    [Fact]
    public void Mirrors_are_trees_whether_their_slash_is_written_or_not()
    {
        var spec = Load(
            "debian12",
            new DistributionOverrides { Mirrors = [new("https://near.example/debian"), new("http://far.example/debian/")] }).Get(
                "debian12");

        Assert.Equal(["https://near.example/debian/", "http://far.example/debian/"], spec.Mirrors.Select(mirror => mirror.AbsoluteUri));
    }

    [Fact]
    public void A_signature_can_be_asked_for_only_where_a_key_is_pinned()
    {
        var preferred = Load("ubuntu24", new DistributionOverrides { Signature = SignaturePolicy.Preferred }).Get("ubuntu24");

        var fault = Fault("debian12", new DistributionOverrides { Signature = SignaturePolicy.Required });

        Assert.Equal(SignaturePolicy.Preferred, preferred.Publisher.Signature);
        Assert.StartsWith(
            "settings: overrides.debian12.signature is required, and the publisher has no signing key", fault, StringComparison.Ordinal);
    }

    /// <summary>A raw file belongs to its image.</summary>
    [Theory]
    [InlineData(null, null, null, "debian-12-genericcloud-amd64.raw")]
    [InlineData("none", null, null, null)]
    [InlineData(null, "debian-12-generic-amd64.qcow2", null, null)]
    [InlineData("debian-12-generic-amd64.raw", "debian-12-generic-amd64.qcow2", null, "debian-12-generic-amd64.raw")]
    [InlineData(null, "debian-12-genericcloud-amd64.raw", "raw", null)]
    [InlineData("none", "debian-12-genericcloud-amd64.raw", "raw", null)]
    public void The_settings_change_the_raw_file_switch_it_off_and_lose_it_with_its_image(
        string? raw, string? image, string? format, string? expected) => Assert.Equal(
            expected,
            Load("debian12", new DistributionOverrides { RawImageName = raw, ImageName = image, DiskFormat = format }).Get("debian12")
                .RawImageName);

    public static TheoryData<string, DistributionOverrides, string> Wrong => new()
    {
        { "debian12", new() { RawImageName = "a/b.raw" }, "overrides.debian12.rawImageName is \"a/b.raw\"; it must be a plain file name, or none" },
        { "debian12", new() { RawImageName = "a.raw", DiskFormat = "raw" }, "overrides.debian12.rawImageName has no use, because the image is raw" },
        { "debian12", new() { RawImageName = "a-{build}.raw" }, "overrides.debian12.rawImageName has {build}, which stands neither in the path" },
        { "arch", new() { RawImageName = "Arch-{revision}.raw" }, "overrides.arch.rawImageName needs a list that has digests of all files" },
        { "fedora-coreos", new() { RawImageName = "a.raw" }, "overrides.fedora-coreos.rawImageName needs a list that has digests of all files" },
        { "debain12", new() { MinRam = 1 }, "overrides.debain12 is about no distribution of the catalogue; did you mean debian12?" },
        { "debian12", new() { Path = "../other/" }, "overrides.debian12.path is \"../other/\"" },
        { "debian12", new() { Path = "bookworm/latest" }, "overrides.debian12.path is \"bookworm/latest\"" },
        { "debian12", new() { ImageName = "a/b.qcow2" }, "overrides.debian12.imageName is \"a/b.qcow2\"" },
        { "debian12", new() { DiskFormat = "qcow3" }, "overrides.debian12.diskFormat is \"qcow3\"" },
        { "debian12", new() { Publisher = "ubunut" },
            "overrides.debian12.publisher is \"ubunut\", which is no publisher of the catalogue; did you mean ubuntu?" },
        { "debian12", new() { Mirrors = [new("https://mirror.example/?a=b")] }, "overrides.debian12.mirrors has a query" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_no_catalogue_may_say_the_settings_may_not_say_either(string key, DistributionOverrides overrides, string expected) =>
        Assert.Contains(expected, Fault(key, overrides), StringComparison.Ordinal);

    private static string Fault(string key, DistributionOverrides overrides) =>
        Assert.Single(Assert.Throws<ConfigurationException>(() => Load(key, overrides)).Faults);

    private static DistributionCatalog Load(string key, DistributionOverrides overrides) =>
        Load(new Dictionary<string, DistributionOverrides>(StringComparer.Ordinal) { [key] = overrides });

    private static DistributionCatalog Load(Dictionary<string, DistributionOverrides> overrides) =>
        CatalogLoader.Load(userFile: null, new Dictionary<string, Uri>(StringComparer.Ordinal), overrides);
}

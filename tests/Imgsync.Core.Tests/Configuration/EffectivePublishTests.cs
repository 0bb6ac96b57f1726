using Imgsync.Core.Catalog;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Tests.Configuration;

public sealed class EffectivePublishTests : IDisposable
{
    private const string Auth = """ "auth": { "authUrl": "https://k.example", "userId": "u", "password": "p" } """;

    private readonly Settings _settings = new();

    public void Dispose() => _settings.Dispose();

    [Fact]
    public void A_distributions_word_counts_more_than_the_clouds_and_that_more_than_the_general_one()
    {
        var options = _settings.WithJson($$"""
            {
              "publish": { "prefix": "all ", "nameTemplate": "{title}", "keep": 2, "members": ["m0"], "tags": ["t0"], "stores": ["ceph"], "properties": { "a": "0", "b": "0", "c": "0" } },
              "overrides": { "debian12": { "publish": { "keep": 9, "visibility": "shared", "members": ["m1"], "properties": ["c=2"], "removeProperties": "a" } } },
              "clouds": [{ "name": "paris", {{Auth}}, "distributions": ["debian12"],
                           "publish": { "prefix": "paris ", "keep": 5, "protected": true, "stores": [], "tags": ["t1"], "acceptMembers": true, "visibility": "private", "properties": { "b": "1", "c": "1" } } }]
            }
            """).Options;

        var debian = options.PublishFor(options.Clouds[0], "debian12");
        var ubuntu = options.PublishFor(options.Clouds[0], "ubuntu24");
        var elsewhere = options.PublishFor(new CloudOptions(), "ubuntu24");

        Assert.Equal(
            ("paris ", "{title}", 9, true, ImageVisibility.Shared),
            (debian.Prefix, debian.NameTemplate, debian.Keep, debian.Protected, debian.Visibility));
        Assert.Equal(["m1"], debian.Members);
        Assert.Empty(debian.Stores);
        Assert.Equal(["t1"], debian.Tags);
        Assert.True(debian.AcceptMembers);
        Assert.Equal([new("b", "1"), new("c", "2")], debian.Properties);
        Assert.Equal(["a"], debian.RemoveProperties);
        Assert.Equal((5, ImageVisibility.Private), (ubuntu.Keep, ubuntu.Visibility));
        Assert.Equal([new("a", "0"), new("b", "1"), new("c", "1")], ubuntu.Properties);
        Assert.Equal(("all ", 2, false), (elsewhere.Prefix, elsewhere.Keep, elsewhere.Protected));
        Assert.Equal(["debian12"], options.Clouds[0].Distributions);
    }

    [Fact]
    public void What_one_layer_removes_a_nearer_one_may_set_again()
    {
        var options = new ImgsyncOptions
        {
            Publish = new() { RemoveProperties = ["hw_rng_model"] },
            Overrides = new Dictionary<string, DistributionOverrides>(StringComparer.OrdinalIgnoreCase)
            {
                ["debian12"] =
                    new()
                    {
                        Publish = new()
                        {
                            Properties = new Dictionary<string,
                        string>(StringComparer.Ordinal)
                            { ["hw_rng_model"] = "virtio" }
                        }
                    },
            },
        };

        var publish = options.PublishFor(new CloudOptions(), "debian12");

        Assert.Empty(publish.RemoveProperties);
        Assert.Equal("virtio", publish.Properties["hw_rng_model"]);
    }

    [Fact]
    public void A_distribution_is_named_in_any_case_because_environment_variables_come_in_capitals()
    {
        var options = _settings.WithVariable("IMGSYNC__OVERRIDES__DEBIAN12__PUBLISH__KEEP", "7").Options;

        Assert.Equal(7, options.PublishFor(new CloudOptions(), "debian12").Keep);
    }

    [Fact]
    public void Everything_in_a_catalogue_entry_can_be_overridden()
    {
        var overrides = _settings.WithJson("""
            { "overrides": { "x": { "title": "T", "path": "p/", "imageName": "i.raw", "diskFormat": "raw", "osDistro": "d", "osVersion": "v",
                "adminUser": "u", "minRam": 512, "signature": "required", "mirrors": ["https://m1.example/", "https://m2.example/"] } } }
            """).Options.Overrides["x"];
        var publisher = new Publisher { OfficialUrl = new("https://o.example/"), BaseUrl = new("https://b.example/"), Index = "debian" };
        var entry = new DistributionSpec
        {
            Key = "x",
            Title = "",
            Publisher = publisher,
            Path = "",
            ImageName = "",
            Architecture = Architecture.Arm64,
            OsDistro = "",
            OsVersion = "",
            AdminUser = "",
        };

        var changed = DistributionOverlay.Lay(overrides, entry, entry.Publisher);

        var expected = entry with
        {
            Title = "T",
            Path = "p/",
            ImageName = "i.raw",
            DiskFormat = "raw",
            OsDistro = "d",
            OsVersion = "v",
            AdminUser = "u",
            MinRam = 512,
            Publisher = publisher with { Signature = SignaturePolicy.Required },
        };
        Assert.Equal(expected, changed);
        Assert.Equal([new("https://m1.example/"), new("https://m2.example/")], overrides.Mirrors);
        Assert.Equal(entry, DistributionOverlay.Lay(new DistributionOverrides(), entry, entry.Publisher));
    }

    [Fact]
    public void Overrides_are_held_to_the_same_rules()
    {
        _settings.WithJson($$"""
            {
              "overrides": { "debian12": { "publish": { "nameTemplate": "{nmae}", "properties": ["source=me"], "tags": "os:{os}" } } },
              "clouds": [{ "name": "paris", {{Auth}}, "publish": { "keep": 0, "removeProperties": ["imgsync.sha256"] } }]
            }
            """);

        var faults = _settings.Faults;

        Assert.Equal(5, faults.Count);
        Assert.All(
            faults, fault =>
                Assert.Matches(@"^(overrides\.debian12|clouds\[0\])\.publish\.(nameTemplate|properties|tags|keep|removeProperties)", fault));
    }

    [Fact]
    public void Members_of_images_that_are_not_shared_are_worth_a_warning()
    {
        _settings.WithJson($$"""{ "publish": { "members": ["p1"] }, "clouds": [{ "name": "paris", {{Auth}} }] }""");

        Assert.Equal(
            "The cloud 'paris' names publish.members for images whose visibility is public: only shared images have members.",
            Assert.Single(_settings.Load().Warnings));
    }
}

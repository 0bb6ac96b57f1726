using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;

namespace Imgsync.Core.Tests.Publishing;

/// <summary>Finding images in a list that was read once.</summary>
public sealed class ImageListingTests
{
    private const string Twelve = "debian12";

    [Fact]
    public void An_image_is_found_by_its_id_and_by_its_distribution()
    {
        var (marked, other) = (Image("a", Twelve), Image("b", "ubuntu24"));
        var listing = new ImageListing("ours", [marked, other]);

        Assert.Same(marked, listing.Find("a"));
        Assert.Same(other, Assert.Single(listing.Of("ubuntu24")));
        Assert.Null(listing.Find("c"));
        Assert.Empty(listing.Of("debian13"));
    }

    [Fact]
    public void Images_of_the_older_tool_say_no_distribution()
    {
        var listing = new ImageListing("ours", [Image("old", distribution: null), Image("new", Twelve)]);

        Assert.Equal("old", Assert.Single(listing.Of(distribution: null)).Id);
    }

    [Fact]
    public void An_image_that_is_in_two_lists_counts_once()
    {
        var shown = new ImageListing("ours", [Image("a", Twelve), Image("b", Twelve)]);

        Assert.Equal(
            ["a", "b", "c"], shown.And(new ImageListing("ours", [Image("b", Twelve), Image("c", Twelve)])).All.Select(image => image.Id));
    }

    [Fact]
    public void A_changed_image_takes_the_place_of_the_one_it_was()
    {
        var listing = new ImageListing(
            "ours", [Image("a", Twelve), Image("b", Twelve)]).With([Image("a", Twelve) with { Name = "Debian 12" }]);

        Assert.Equal(["Debian 12", ""], listing.Of(Twelve).Select(image => image.Name));
        Assert.Equal("Debian 12", listing.Find("a")?.Name);
    }

    private static GlanceImage Image(string id, string? distribution) => new()
    {
        Id = id,
        Status = "active",
        Properties = distribution is null
            ? new Dictionary<string, string>(StringComparer.Ordinal)
            : new Dictionary<string, string>(StringComparer.Ordinal) { [ImageMarks.Distribution] = distribution },
    };
}

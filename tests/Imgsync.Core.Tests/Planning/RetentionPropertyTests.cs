using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Tests.Planning;

/// <summary>What holds of every plan of what goes, whatever a cloud has.</summary>
public sealed class RetentionPropertyTests
{
    private static readonly string[] Kinds =
        ["", "", "", "", ",hidden", ",hidden,retired", ",status:deactivated", ",status:saving", ",unpublished", ",owner:theirs", ",distribution:debian13",
            ",legacy", ",source:somebody"];

    [Fact]
    public void The_newest_that_users_can_boot_from_never_goes() => AssertOfAny((row, listing, plan) =>
    {
        var left = listing.All.Where(image => Deleted(plan).All(gone => gone.Id != image.Id));
        Assert.Contains(left, image => Twins.IsVisible(image) && Is(image, row.Newest));
    });

    [Fact]
    public void Nobody_elses_image_and_nothing_newer_or_unfinished_is_touched() => AssertOfAny((row, _, plan) => Assert.All(plan, entry =>
    {
        Assert.Equal("ours", entry.Image.Owner);
        Assert.Equal("imgsync", entry.Image.Properties["source"]);
        Assert.NotEqual("debian13", ImageMarks.DistributionOf(entry.Image));
        Assert.True(entry.Image.Status is "active" or "deactivated");
        Assert.True(string.CompareOrdinal(entry.Image.Id.Split('/')[0], row.Newest) <= 0);
    }));

    [Fact]
    public void As_many_revisions_stay_as_are_to_be_kept() => AssertOfAny((row, listing, plan) =>
    {
        var before = Revisions(listing.All, row);
        var after = Revisions(listing.All.Except(Deleted(plan)), row);
        Assert.Equal(before.Take(row.Case.Keep), after.Take(row.Case.Keep));
    });

    [Fact]
    public void Planning_twice_is_planning_once() => AssertOfAny((row, listing, plan) =>
        Assert.Equal(plan.Select(Words), row.Case.Plan(listing).Select(Words)));

    [Fact]
    public void Once_it_is_carried_out_nothing_is_left_to_do() => AssertOfAny((row, listing, plan) =>
    {
        var gone = Deleted(plan).Select(image => image.Id).ToHashSet(StringComparer.Ordinal);
        var left = listing.All.Where(image => !gone.Contains(image.Id)).ToList();
        var chosen = left.First(image => Twins.IsVisible(image) && Is(image, row.Newest));

        Assert.All(row.Case.Plan(new ImageListing(listing.Project, left), chosen), action => Assert.Equal(ActionKind.Leave, action.Kind));
    });

    private static void AssertOfAny(Action<Row, ImageListing, IReadOnlyList<PlannedAction>> holds)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var count = 0; count < 3000; count++)
        {
            var row = Any(random);
            var listing = row.Case.Listing();
            var broken = Record.Exception(() => holds(row, listing, row.Case.Plan(listing)));
            Assert.True(broken is null, $"Seed {seed}, keep {row.Case.Keep}, images {row.Case.Images}: {broken?.Message}");
        }
    }

    private static Row Any(Random random)
    {
        var newest = $"2024080{random.Next(1, 6)}";
        var others = Enumerable.Range(0, random.Next(7))
            .Select(_ => $"2024080{random.Next(1, 7)}/{random.Next(10)}{Kinds[random.Next(Kinds.Length)]}");
        var images = others.Append($"*{newest}/{random.Next(10)}").ToArray();
        random.Shuffle(images);
        return new Row(
            newest, new RetentionCase(
                string.Join(' ', images), "")
            { Keep = random.Next(1, 4), Steps = new PruneOptions { AdoptLegacy = random.Next(2) == 1 } });
    }

    private static string Words(PlannedAction entry) => $"{entry.Kind} {entry.Image.Id} {entry.Reason} {entry.Keeper}";

    private static IEnumerable<GlanceImage> Deleted(IEnumerable<PlannedAction> plan) =>
        plan.Where(entry => entry.Kind is ActionKind.Delete).Select(entry => entry.Image);

    private static bool Is(GlanceImage image, string revision) => IsOurs(image) && image.Properties["imgsync.revision"] == revision;

    private static bool IsOurs(GlanceImage image) => image.Owner == "ours"
        && image.Properties["source"] == "imgsync"
        && ImageMarks.DistributionOf(image) == "debian12"
        && GlanceProof.IsFinished(image);

    private static bool IsAdopted(GlanceImage image, RetentionCase row) =>
        row.Steps.AdoptLegacy && image is { Owner: "ours" } && ImageMarks.DistributionOf(image) is null;

    /// <summary>Newest first.</summary>
    private static IEnumerable<string> Revisions(IEnumerable<GlanceImage> images, Row row) => images
        .Where(image => IsOurs(image) || IsAdopted(image, row.Case))
        .Select(image => image.Id.Split('/')[0])
        .Where(revision => string.CompareOrdinal(revision, row.Newest) <= 0)
        .Distinct(StringComparer.Ordinal)
        .OrderDescending(StringComparer.Ordinal);

    private sealed record Row(string Newest, RetentionCase Case);
}

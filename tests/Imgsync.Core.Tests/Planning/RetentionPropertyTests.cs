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
            ",legacy", ",source:somebody", ",visibility:private", ",visibility:private,given:private",
            ",visibility:community,given:community"];

    [Fact]
    public void The_newest_that_users_can_boot_from_never_goes() => AssertOfAny((row, listing, plan) =>
    {
        var left = listing.All.Where(image => Deleted(plan).All(gone => gone.Id != image.Id));
        Assert.Contains(left, image => KnownImage.IsVisible(image) && Is(image, row.Newest));
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
        var after = plan.ToDictionary(action => action.Image.Id, After, StringComparer.Ordinal);
        var left = listing.All.Select(image => after.GetValueOrDefault(image.Id, image)).OfType<GlanceImage>().ToList();
        var chosen = left.First(image => KnownImage.IsVisible(image) && Is(image, row.Newest));

        Assert.All(row.Case.Plan(new ImageListing(listing.Project, left), chosen), action => Assert.Equal(ActionKind.Leave, action.Kind));
    });

    /// <summary>Nobody but those who see an image already sees it afterwards.</summary>
    [Fact]
    public void Nothing_becomes_visible_to_more_people() => AssertOfAny((_, _, plan) => Assert.All(
        plan.Where(action => action.Kind is ActionKind.MakeCommunity), action => Assert.Equal("public", action.Image.Visibility)));

    /// <summary>The image as Glance has it once the action is taken; null when it is gone.</summary>
    private static GlanceImage? After(PlannedAction action)
    {
        var image = action.Image with { Status = action.Kind is ActionKind.Deactivate ? "deactivated" : action.Image.Status };
        foreach (var change in action.Patch)
        {
            image = change.Name switch
            {
                "name" => image with { Name = (string)change.Value! },
                "visibility" => image with { Visibility = (string)change.Value! },
                "os_hidden" => image with { OsHidden = (bool)change.Value! },
                "protected" => image with { Protected = (bool)change.Value! },
                _ => image with { Properties = Changed(image.Properties, change) },
            };
        }

        return action.Kind is ActionKind.Delete ? null : image;
    }

    private static Dictionary<string, string> Changed(IReadOnlyDictionary<string, string> properties, PatchOperation change)
    {
        var changed = new Dictionary<string, string>(properties, StringComparer.Ordinal);
        if (change.Value is string value)
            changed[change.Name] = value;
        else
            changed.Remove(change.Name);
        return changed;
    }

    private static void AssertOfAny(Action<Row, ImageListing, IReadOnlyList<PlannedAction>> holds)
    {
        var seed = Seed.Next();
        var random = new Random(seed);
        for (var count = 0; count < 3000; count++)
        {
            var row = Any(random);
            var listing = row.Case.Listing();
            var broken = Record.Exception(() => holds(row, listing, row.Case.Plan(listing)));
            Assert.True(broken is null, $"IMGSYNC_TEST_SEED={seed}, keep {row.Case.Keep}, images {row.Case.Images}: {broken?.Message}");
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
            {
                Keep = random.Next(1, 4),
                Steps = new PruneOptions
                {
                    AdoptLegacy = random.Next(2) == 1,
                    RenameAfter = OnOrOff(),
                    CommunityAfter = OnOrOff(),
                    HideAfter = OnOrOff(),
                    DeactivateAfter = OnOrOff(),
                    DeleteAfter = OnOrOff(),
                },
            });

        TimeSpan? OnOrOff() => random.Next(2) == 1 ? TimeSpan.Zero : null;
    }

    private static string Words(PlannedAction entry) => $"{entry.Kind} {entry.Image.Id} {entry.Reason} {entry.Keeper}";

    private static IEnumerable<GlanceImage> Deleted(IEnumerable<PlannedAction> plan) =>
        plan.Where(entry => entry.Kind is ActionKind.Delete).Select(entry => entry.Image);

    private static bool Is(GlanceImage image, string revision) => IsOurs(image) && image.Properties["imgsync.revision"] == revision;

    private static bool IsOurs(GlanceImage image) => image.Owner == "ours"
        && image.Properties["source"] == "imgsync"
        && ImageMarks.DistributionOf(image) == "debian12"
        && KnownImage.IsFinished(image);

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

using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Planning;

/// <summary>
/// Decides, without touching anything, what a run does about an offer. An image is of the distribution that its own mark names, and of
/// no other: equal content elsewhere decides nothing.
/// </summary>
public static class Planner
{
    public static Plan Decide(Situation situation)
    {
        var own = Own(situation).ToList();
        var held = Held(situation);
        if (held is null && RevisionOrder.Refusal(situation, [.. own.Where(KnownImage.IsFinished)]) is { } refusal)
            return new Plan { Refusal = refusal };

        var current = Current(situation);
        var isWanted = current is null || (situation.Force && held is null);
        var importing = isWanted ? own.FirstOrDefault(image => IsImporting(image, situation)) : null;
        var leftovers = own.Where(image => image != importing && IsLeftover(image, situation.Run, situation.Now)).Select(Remove).ToList();
        return new Plan
        {
            Current = current,
            Offer = situation.Offer,
            IsHeld = held is not null,
            Actions =
            [
                .. leftovers,
                .. isWanted ? Publish(situation) : Keep(situation, current!),
            ],
            Importing = importing,
            Warning = held is null ? OfferWarnings.Of(situation) : OfferWarnings.Support(situation.Distribution, situation.Now),
            IsPlain = current is not null && leftovers is [] && (held is not null || Agrees(current, situation.Offer)),
        };
    }

    /// <summary>The image that is this offer already, or that is held whatever is offered; null for none.</summary>
    public static GlanceImage? Current(Situation situation)
    {
        if (Held(situation) is { } held)
            return held;

        var same = Same(situation);
        return same is [] ? null : Twins.Choose(same);
    }

    /// <summary>Whether an unfinished image was left by a run that did not end.</summary>
    public static bool IsLeftover(GlanceImage image, RunMark run, DateTimeOffset now) =>
        !KnownImage.IsFinished(image)
        && image.Properties.TryGetValue(ImageMarks.Run, out var mark)
        && run.IsOver(mark, image.UpdatedAt, now);

    /// <summary>Whether it is the offer's image on its way: one that this run has begun, or one that Glance has got whole since another run
    /// ended. What a dead run's import has not come to an end with, is begun anew.</summary>
    private static bool IsImporting(GlanceImage image, Situation situation) =>
        !KnownImage.IsFinished(image)
        && ImportMark.Of(image) is { } mark
        && situation.Offer.Digests.Any(mark.Published.Are)
        && image.Properties.GetValueOrDefault(ImageMarks.Run) is { } run
        && (run == situation.Run.ToString()
            || (!situation.Force && situation.Run.IsOver(run, image.UpdatedAt, situation.Now) && IsWhole(image)
                && (situation.Form?.Suits(image) ?? true)));

    private static bool IsWhole(GlanceImage image) => image is { Status: "active", ImportingToStores: [] };

    /// <summary>Takes away what a run that did not end has left.</summary>
    public static PlannedAction Remove(GlanceImage leftover) =>
        new(ActionKind.Delete, leftover, $"a run that did not end left it {leftover.Status}");

    private static IEnumerable<GlanceImage> Own(Situation situation) => situation.Images.Of(situation.Distribution.Key)
        .Where(image => KnownImage.IsOurs(image, situation.Images.Project));

    /// <summary>What stands where nothing newer is wanted; null where it is, or where nothing stands.</summary>
    private static GlanceImage? Held(Situation situation) => situation.Distribution.Hold
        ? Own(situation)
            .Where(image => KnownImage.IsFinished(image) && KnownImage.IsVisible(image))
            .MaxBy(image => ImageMarks.RevisionOf(image))
        : null;

    /// <summary>Images with the offer's content, in the disk format that is wanted.</summary>
    private static IReadOnlyList<GlanceImage> Same(Situation situation) =>
        [.. WithContent(situation).Where(image => situation.Form?.Suits(image) ?? true)];

    private static IReadOnlyList<GlanceImage> WithContent(Situation situation) =>
        [.. Own(situation).Where(image => KnownImage.Holds(image, situation.Offer)), .. Legacy(situation)];

    /// <summary>Images of the older tool with the offer's content, by its naming.</summary>
    private static IEnumerable<GlanceImage> Legacy(Situation situation) => situation.Images.Of(distribution: null)
        .Where(image => KnownImage.IsOurs(image, situation.Images.Project)
            && LegacyImage.IsOf(situation.Distribution, image, situation.Catalogue)
            && KnownImage.HoldsByLegacyMark(image, situation.Offer));

    private static IEnumerable<PlannedAction> Publish(Situation situation)
    {
        string[] replaced = situation.Force ? [.. Same(situation).Select(image => image.Id)] : [];
        var image = PlannedImage.Of(situation, replaced);
        var reason = replaced is not [] ? $"asked for again, in place of {string.Join(" and ", replaced)}"
            : WithContent(situation) is [var other, ..]
                ? $"{situation.Offer.Revision} is there as {other.DiskFormat} ({other.Id}), and {situation.Form?.Wanted} is wanted"
            : $"{situation.Offer.Revision} is not there yet{HowItGoes(situation)}";
        yield return new PlannedAction(ActionKind.Publish, image, situation.Form?.Way is { } way ? $"{reason}; {way}" : reason);
        foreach (var change in Upkeep.Due(image, [], situation.Distribution, situation.Publish, situation.Now))
            yield return change;
    }

    private static IEnumerable<PlannedAction> Keep(Situation situation, GlanceImage current) =>
        Upkeep.Due(current, situation.Members, situation.Distribution, situation.Publish, situation.Now);

    /// <summary>Said only where it is not the way that was asked for.</summary>
    private static string HowItGoes(Situation situation) =>
        situation.Publish.Upload is UploadMethod.WebDownload && UploadRule.ObstacleOf(situation.Offer) is { } obstacle
            ? $"; Glance cannot fetch it by itself, because {obstacle}"
            : "";

    private static bool Agrees(GlanceImage image, ResolvedImage offer) =>
        image.Properties.GetValueOrDefault(ImageMarks.Revision) == offer.Revision
        && image.Properties.GetValueOrDefault(ImageMarks.SignedBy) == offer.Provenance.SignedBy;
}

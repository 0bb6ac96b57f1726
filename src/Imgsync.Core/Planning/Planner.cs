using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Planning;

/// <summary>
/// Decides, without touching anything, what a run does about an offer. An image is of the distribution that its own mark names, and of
/// no other: equal content elsewhere decides nothing.
/// </summary>
public static class Planner
{
    public static Decision Decide(Situation situation)
    {
        var own = situation.Images.Of(situation.Distribution.Key)
            .Where(image => ImageMarks.AreOn(image, situation.Images.Project))
            .ToList();
        var finished = own.Where(GlanceProof.IsFinished).ToList();
        if (RevisionOrder.Refusal(situation, finished) is { } refusal)
            return new Decision { Refusal = refusal };

        IReadOnlyList<GlanceImage> same =
            [.. finished.Where(image => GlanceProof.Holds(image, situation.Offer.Digest)), .. Legacy(situation)];
        var leftovers = own.Where(image => IsLeftover(image, situation)).ToList();
        var current = same is [] ? null : Twins.Choose(same);
        return new Decision
        {
            Current = current,
            Publishes = current is null || situation.Force,
            Replaces = situation.Force ? [.. same.Select(image => image.Id)] : [],
            Leftovers = leftovers,
            Warning = OfferWarnings.Of(situation),
            IsPlain = current is not null && leftovers is [] && Agrees(current, situation.Offer),
        };
    }

    /// <summary>Images of the older tool with the offer's content, by its naming.</summary>
    private static IEnumerable<GlanceImage> Legacy(Situation situation) => situation.Images.Of(distribution: null)
        .Where(image => ImageMarks.AreOn(image, situation.Images.Project)
            && LegacyImage.IsOf(situation.Distribution, image, situation.Catalogue)
            && GlanceProof.HoldsByLegacyMark(image, situation.Offer.Digest));

    private static bool IsLeftover(GlanceImage image, Situation situation) =>
        !GlanceProof.IsFinished(image)
        && image.Properties.TryGetValue(ImageMarks.Run, out var mark)
        && situation.Run.IsOver(mark, image.UpdatedAt, situation.Now);

    private static bool Agrees(GlanceImage image, ResolvedImage offer) =>
        image.Properties.GetValueOrDefault(ImageMarks.Revision) == offer.Revision
        && image.Properties.GetValueOrDefault(ImageMarks.SignedBy) == offer.Provenance.SignedBy;
}

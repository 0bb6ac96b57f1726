using System.Globalization;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Planning;

/// <summary>A publisher's revisions only go forward. An offer is held to the newest image that we have
/// published of the same place: a mirror that replays an old list, under whatever serial, is refused. Where the
/// operator has chosen another place, the order begins anew.</summary>
internal static class RevisionOrder
{
    /// <summary>How far a revision's day may lie ahead of the cloud's clock: publishers date by their own day.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(2);

    /// <param name="finished">The distribution's finished images that bear our marks.</param>
    /// <returns>Why the offer is not followed; null when it may be.</returns>
    public static string? Refusal(Situation situation, IReadOnlyList<GlanceImage> finished)
    {
        var offer = situation.Offer;
        if (DayOf(offer) > situation.Now + Ahead)
            return $"the publisher offers {offer.Revision}, which lies in the future; look at the publisher's news or at your mirror.";
        if (OutOfStep(situation, finished) is { } outOfStep)
            return outOfStep;

        var here = finished.Where(image => IsOfPlace(image, offer)).ToList();
        if (here.Find(image => KnownImage.Holds(image, offer) && RevisionText(image) != offer.Revision) is { } renamed)
        {
            return $"the content of {RevisionText(renamed)} is offered again as {offer.Revision}; look at the publisher's news or at your "
                + "mirror.";
        }

        var newest = here.OrderByDescending(image => ImageMarks.RevisionOf(image)).ThenByDescending(SignedAt).FirstOrDefault();
        return newest is null ? null : Refusal(situation, newest);
    }

    /// <summary>A signature covers the digests and not the revision beside them, so the revision's day is held to the time of the
    /// signature: no list is signed before its images are built, and a publisher's only so long after.</summary>
    private static string? OutOfStep(Situation situation, IReadOnlyList<GlanceImage> finished)
    {
        var offer = situation.Offer;
        if (offer.Provenance.SignedAt is not { } signed)
            return null;

        var day = DayOf(offer);
        if (day > signed + Ahead)
        {
            return $"the list of {offer.Revision} was signed at {signed:u}, before the day of that revision: an older list under a newer "
                + "revision; look at the publisher's news or at your mirror.";
        }

        return situation.Distribution.Publisher.SignedWithin is { } within
            && signed > day + within + Ahead
            && !finished.Any(image => KnownImage.Holds(image, offer) && RevisionText(image) == offer.Revision)
                ? $"the list of {offer.Revision} was signed at {signed:u}, more than {within.TotalDays:0.#} days after the day of that "
                    + "revision; look at the publisher's news or at your mirror, and if all is well raise the publisher's signedWithin in "
                    + "a catalogue of your own."
                : null;
    }

    /// <summary>Whether the image is what is offered, so that no byte comes that was not trusted before. One of the publisher's other file
    /// says nothing of this one, unless it stays.</summary>
    private static bool IsThere(Situation situation, GlanceImage image) =>
        KnownImage.Holds(image, situation.Offer.Digest)
        || (!situation.Force && KnownImage.Holds(image, situation.Offer) && (situation.Form?.Suits(image) ?? true));

    private static DateTimeOffset? DayOf(ResolvedImage offer) =>
        offer.BuildDate is { } day ? new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero) : null;

    private static string? Refusal(Situation situation, GlanceImage newest)
    {
        var offer = situation.Offer;
        var mayBeOlder = offer.Revision == situation.Distribution.AllowRollback;
        if (!mayBeOlder
            && Revision.TryParse(offer.Revision, out var offered)
            && ImageMarks.RevisionOf(newest) is { } known && offered < known)
        {
            return $"went back from {known} to {offer.Revision}; if the publisher took the newer one back, set "
                + $"overrides.{situation.Distribution.Key}.allowRollback to {offer.Revision}, else look at your mirror.";
        }

        if (IsThere(situation, newest))
            return null;
        if (!mayBeOlder && SignedAt(newest) is { } before && offer.Provenance.SignedAt is { } now && now < before)
        {
            return $"the list of {offer.Revision} was signed at {now:u}, before that of {RevisionText(newest)} ({before:u}); look at the "
                + "publisher's news or at your mirror.";
        }

        return newest.Properties.ContainsKey(ImageMarks.SignedBy)
            && offer.Provenance.Kind is not ProvenanceKind.Signed
            && situation.Distribution.Publisher.Signature is not SignaturePolicy.None
                ? $"{offer.Revision} comes without a signature, and {RevisionText(newest)} had one; complete the mirror, or read from the "
                    + "publisher's own tree."
                : null;
    }

    /// <summary>The same file but for its revision and its disk format. An image that does not say its place is taken for one of the same.
    /// </summary>
    private static bool IsOfPlace(GlanceImage image, ResolvedImage offer) =>
        RevisionText(image) is { } revision
        && (!image.Properties.TryGetValue(ImageMarks.Url, out var url)
            || new[] { offer.OfficialLocation, offer.Other?.OfficialLocation }.OfType<Uri>().Any(
                place => Place(url, revision) == Place(place.AbsoluteUri, offer.Revision)));

    /// <summary>A publisher's raw file is of the same place as the qcow2 file beside it, also when it is listed no more.</summary>
    private static string Place(string location, string revision) => OtherFile.PlaceOf(WithoutRevision(location, revision));

    /// <summary>A revision of several parts stands in a URL part by part: <c>44/…-44-1.7</c>.</summary>
    private static string WithoutRevision(string location, string revision) => revision.Split('-')
        .OrderByDescending(part => part.Length)
        .Aggregate(
            location.Replace(revision, "*", StringComparison.Ordinal),
            (rest, part) => rest.Replace($"/{part}/", "/*/", StringComparison.Ordinal));

    private static string? RevisionText(GlanceImage image) => image.Properties.GetValueOrDefault(ImageMarks.Revision);

    private static DateTimeOffset? SignedAt(GlanceImage image) =>
        DateTimeOffset.TryParse(
            image.Properties.GetValueOrDefault(
                ImageMarks.SignedAt), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;
}

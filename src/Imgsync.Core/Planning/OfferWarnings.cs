using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Publishing;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Planning;

/// <summary>What is not wrong with an offer or an image, and yet worth a look.</summary>
public static class OfferWarnings
{
    /// <summary>How long before its end a distribution's support is spoken of.</summary>
    private static readonly TimeSpan NearEnd = TimeSpan.FromDays(90);

    /// <summary>How long before its end a signing key is spoken of.</summary>
    private static readonly TimeSpan NearKeyEnd = TimeSpan.FromDays(60);

    /// <returns>One or more sentences; null for nothing to say.</returns>
    public static string? Of(Situation situation)
    {
        var (offer, distribution) = (situation.Offer, situation.Distribution);
        var warnings = new List<string>();
        if (Age(offer.BuildDate, distribution, situation.Now) is { } age)
            warnings.Add(age);
        if (Support(distribution, situation.Now) is { } support)
            warnings.Add(support);
        if (SigningKey(offer, situation.Now) is { } key)
            warnings.Add(key);
        if (distribution.Publisher.Signature is SignaturePolicy.Preferred && offer.Provenance.Kind is not ProvenanceKind.Signed)
            warnings.Add(
                $"{offer.Revision} comes without a signature, though one is preferred; look at the publisher's news or at your mirror.");
        return warnings is [] ? null : string.Join(' ', warnings);
    }

    /// <summary>Told of an offer whose signing key, or its primary key, ends within <see cref="NearKeyEnd"/>; null for none.</summary>
    public static string? SigningKey(ResolvedImage offer, DateTimeOffset now) =>
        offer.Provenance is { KeyEnds: { } end, SignedBy: { } key } && end - now <= NearKeyEnd
            ? $"the key {key}, which signs {offer.Distribution}, {(end <= now ? "ended" : "ends")} on {end.UtcDateTime:yyyy-MM-dd}, and "
                + "nothing that it signs later is taken; look for a prolonged copy of it, or for its successor, on the publisher's own "
                + "page, and see what signatures.keyrings has."
            : null;

    /// <summary>Told of a distribution whose support has ended, or will within <see cref="NearEnd"/>; null for none.</summary>
    public static string? Support(DistributionSpec distribution, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        return distribution.EndOfSupport is not { } end || end > today.AddDays((int)NearEnd.TotalDays) ? null
            : $"the publisher's support of {distribution.Key} {(end < today ? "ended" : "ends")} on {end:yyyy-MM-dd}; offer its successor "
                + "beside it, and take it from distributions when nobody needs it any more.";
    }

    /// <summary>Of the newest images that users of a cloud find.</summary>
    public static IEnumerable<(string Distribution, string Warning)> Of(
        ImageListing images, IEnumerable<DistributionSpec> distributions, DateTimeOffset now) =>
        from distribution in distributions
        let built = images.Of(distribution.Key)
            .Where(image => KnownImage.IsFinished(image) && KnownImage.IsVisible(image))
            .Max(image => ImageMarks.RevisionOf(image)?.Date)
        where built is not null
        let age = Age(built.Value, distribution, now)
        where age is not null
        select (distribution.Key, age);

    /// <summary>Told of a newest image that is older than the catalogue or the operator allows; null for none.</summary>
    /// <param name="built">The day in its revision; null where none is known.</param>
    public static string? Age(DateOnly? built, DistributionSpec distribution, DateTimeOffset now) =>
        distribution.MaxAge is { } maxAge && built?.ToDateTime(TimeOnly.MinValue) < (now - maxAge).UtcDateTime
            ? $"the newest image is of {built:yyyy-MM-dd}, and {distribution.Key} is to have a newer one after {maxAge.TotalDays:0.#} "
                + "days; look whether the publisher has stopped, or your mirror, or set another "
                + $"overrides.{distribution.Key}.maxAge (0 for any age)."
            : null;
}

using Imgsync.Core.Configuration;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Planning;

/// <summary>What is not wrong with an offer, and yet worth a look.</summary>
internal static class OfferWarnings
{
    /// <returns>One or more sentences; null for nothing to say.</returns>
    public static string? Of(Situation situation)
    {
        var (offer, distribution) = (situation.Offer, situation.Distribution);
        var warnings = new List<string>();
        if (distribution.MaxAge is { } maxAge && offer.BuildDate.ToDateTime(TimeOnly.MinValue) < (situation.Now - maxAge).UtcDateTime)
        {
            warnings.Add(
                $"the newest image is of {offer.BuildDate:yyyy-MM-dd}, which is older than overrides.{distribution.Key}.maxAge allows; "
                    + "look whether the publisher has stopped, or your mirror.");
        }

        if (distribution.Publisher.Signature is SignaturePolicy.Preferred && offer.Provenance.Kind is not ProvenanceKind.Signed)
            warnings.Add(
                $"{offer.Revision} comes without a signature, though one is preferred; look at the publisher's news or at your mirror.");
        return warnings is [] ? null : string.Join(' ', warnings);
    }
}

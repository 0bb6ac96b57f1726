using System.Text.Json.Serialization;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Runs;

/// <summary>One distribution for one cloud: what one activity works on.</summary>
/// <param name="Cloud">The cloud's name, or null to stop once the image is verified and staged.</param>
/// <param name="Run">The run's id.</param>
/// <param name="Force">Publishes again even what is up to date.</param>
/// <param name="DryRun">Changes nothing and moves no image bytes.</param>
/// <param name="StagedFirst">Fetches to staging before anything goes to Glance: right when the time for one pass may not suffice.</param>
/// <param name="Known">What the run knows of upstream already. Nothing is asked again that it answers.</param>
/// <param name="Downloaded">How many bytes earlier attempts at this work have brought, as far as they could say so.</param>
/// <param name="Importing">Glance is importing the image, as far as the attempt before knew.</param>
/// <param name="StagedOnly">Others of the distribution are at work as well: what is not in staging is not fetched, see
/// <see cref="SyncResult.NeedsTurn"/>.</param>
public sealed record SyncWork(
    string Distribution,
    string? Cloud,
    RunId Run,
    bool Force = false,
    bool DryRun = false,
    bool StagedFirst = false,
    Resolution? Known = null,
    long Downloaded = 0,
    bool Importing = false,
    bool StagedOnly = false)
{
    /// <summary>Names this work in staging: <c>20240717T181100Z-3f9a/east</c>.</summary>
    [JsonIgnore]
    public string Id => $"{Run}/{Cloud}";

    /// <summary>Where the image is brought, in messages.</summary>
    [JsonIgnore]
    public string Target => Cloud ?? "staging";

    /// <summary>A distribution's work in the order of its clouds; one without a cloud where the run only downloads.</summary>
    public static IEnumerable<SyncWork> Of(RunPlan plan, PlannedDistribution planned) =>
        (plan.Request.DownloadOnly ? [null] : planned.Clouds.AsEnumerable<string?>())
            .Select(cloud => new SyncWork(planned.Distribution, cloud, plan.Run, plan.Request.Force, plan.Request.DryRun));
}

/// <summary>What a run has found out of a distribution's newest image, good for all its clouds and for this run only.</summary>
/// <param name="IsVerified">
/// Resolved and verified in this run; otherwise remembered from an earlier one and confirmed by the publisher in this, which
/// serves to find that nothing is to be done (docs/adr/0009).
/// </param>
public sealed record Resolution(ResolvedImage Image, bool IsVerified);

/// <summary>How one attempt at an image ended.</summary>
/// <param name="MayPass">It failed of something that another try may not meet (<see cref="RetriableException"/>).</param>
/// <param name="Found">
/// What it had to ask upstream for, for the attempts after it; null when it was told all it needed, and when it failed for good.
/// </param>
/// <param name="LookAgainAfter">Glance goes on with it by itself, and somebody has to look after this time; null for anything else.</param>
/// <param name="NeedsTurn">It needs another of the publisher's files than those that are staged, and has to fetch it while no other image
/// of the distribution does.</param>
public sealed record SyncResult(
    ImageOutcome Outcome, bool MayPass = false, Resolution? Found = null, TimeSpan? LookAgainAfter = null, bool NeedsTurn = false);

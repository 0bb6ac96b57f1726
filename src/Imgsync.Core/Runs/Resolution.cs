using Imgsync.Core.Upstream;

namespace Imgsync.Core.Runs;

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
public sealed record SyncResult(ImageOutcome Outcome, bool MayPass = false, Resolution? Found = null);

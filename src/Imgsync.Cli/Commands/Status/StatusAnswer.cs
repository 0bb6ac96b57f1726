using Imgsync.Core.Runs;

namespace Imgsync.Cli.Commands.Status;

/// <summary>How the images stand at one moment.</summary>
/// <param name="At">That moment.</param>
/// <param name="Images">In the order of the settings.</param>
/// <param name="CleanUpFailures">Why clean-up was left out, one sentence each.</param>
/// <param name="LastRun">Whatever it was asked for; null before the first one.</param>
internal sealed record StatusAnswer(
    DateTimeOffset At, IReadOnlyList<StatusAnswer.Image> Images, IReadOnlyList<string> CleanUpFailures, PastRun? LastRun)
{
    /// <summary>True when nothing is wrong with any image and every one has been checked.</summary>
    public bool IsGood => CleanUpFailures is [] && Images.Count > 0
        && Images.All(image => image.State is ImageStanding.UpToDate or ImageStanding.Warned);

    /// <param name="wanted">What is to be kept current; null where the settings do not say.</param>
    public static StatusAnswer Of(Standing standing, IReadOnlyList<PlannedDistribution>? wanted, DateTimeOffset now)
    {
        return new StatusAnswer(
            now,
            [.. standing.Of(wanted).Select(image => Image.Of(image, now))],
            standing.CleanUpFailures,
            standing.Runs is [var last, ..] ? last : null);
    }

    /// <param name="State">
    /// <c>up-to-date</c>, <c>warning</c> when there is something worth a look, <c>unknown</c> when no run has checked it yet, or how it
    /// went wrong: <c>failed</c>, <c>refused</c>, <c>unfinished</c>.
    /// </param>
    /// <param name="Revision">The one that users find.</param>
    /// <param name="AgeDays">By the day in its revision.</param>
    /// <param name="Provenance">What vouches for the published digest, in words.</param>
    /// <param name="SignedBy">The fingerprint of the key; null where it is not signed.</param>
    /// <param name="CheckedAt">When a run last found or made it the newest.</param>
    /// <param name="Wrong">What is wrong now, whichever run found it.</param>
    internal sealed record Image(
        string Distribution,
        string Cloud,
        string State,
        string? Revision,
        int? AgeDays,
        string? ImageName,
        string? ImageId,
        string? Provenance,
        string? SignedBy,
        DateTimeOffset? CheckedAt,
        string? Warning,
        Problem? Wrong)
    {
        public static Image Of(ImageStanding standing, DateTimeOffset now) => new(
            standing.Distribution,
            standing.Cloud,
            standing.State,
            standing.Revision,
            Core.Upstream.Revision.TryParse(standing.Revision, out var revision) && revision.Date is { } day
                ? (int)(now.UtcDateTime.Date - day.ToDateTime(TimeOnly.MinValue)).TotalDays
                : null,
            standing.ImageName,
            standing.ImageId,
            standing.Provenance,
            standing.SignedBy,
            standing.CheckedAt,
            standing.Warning,
            standing.Wrong);
    }
}

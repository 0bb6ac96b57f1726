using System.Text.Json.Serialization;
using Imgsync.Core.Configuration;
using Imgsync.Core.Reporting;
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
    public bool IsGood => CleanUpFailures is [] && Unplanned is null && Images.Count > 0
        && Images.All(image => image.State is ImageStanding.UpToDate or ImageStanding.Warned);

    /// <summary>What went wrong beside the images in the last run that was no dry one, such as a receiver of messages that took none.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Why no run could begin the last time that one was to; null when one has since.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Problem? Unplanned { get; init; }

    /// <param name="images">Those of <paramref name="standing"/>, in the order of the settings.</param>
    /// <param name="wanted">The disk format that the settings want instead of the one that stands; null for nothing else.</param>
    public static StatusAnswer Of(
        Standing standing, IReadOnlyList<ImageFigures> images, Func<ImageStanding, ImageFormat?> wanted, DateTimeOffset now)
    {
        var all = images.Select(image => Image.Of(image, wanted(image.Standing), now));
        return new StatusAnswer(now, [.. all], standing.CleanUpFailures, standing.Runs is [var last, ..] ? last : null)
        {
            Unplanned = standing.Unplanned,
            Warnings = standing.Runs.FirstOrDefault(run => !run.DryRun)?.Warnings ?? [],
        };
    }

    /// <param name="State">
    /// <c>up-to-date</c>, <c>warning</c> when there is something worth a look, <c>unknown</c> when no run has checked it yet, or how it
    /// went wrong: <c>failed</c>, <c>refused</c>, <c>unfinished</c>.
    /// </param>
    /// <param name="Revision">The one that users find.</param>
    /// <param name="DiskFormat">Of that image, as Glance calls it; null where no report says so yet.</param>
    /// <param name="ConvertedFrom">The disk format of the publisher's file where the image was converted from it; null where it was not.
    /// </param>
    /// <param name="WantedDiskFormat">What the settings want now where the image is something else; null where it is that.</param>
    /// <param name="AgeDays">By the day in its revision.</param>
    /// <param name="MaxAgeDays">How old it may be; null for any age.</param>
    /// <param name="SupportedUntil">The last day of the publisher's support; null where none is known.</param>
    /// <param name="Provenance">What vouches for the published digest, in words.</param>
    /// <param name="SignedBy">The fingerprint of the key; null where it is not signed.</param>
    /// <param name="CheckedAt">When a run last found or made it the newest.</param>
    /// <param name="Wrong">What is wrong now, whichever run found it.</param>
    internal sealed record Image(
        string Distribution,
        string Cloud,
        string State,
        string? Revision,
        string? DiskFormat,
        string? ConvertedFrom,
        ImageFormat? WantedDiskFormat,
        int? AgeDays,
        double? MaxAgeDays,
        DateOnly? SupportedUntil,
        string? ImageName,
        string? ImageId,
        string? Provenance,
        string? SignedBy,
        DateTimeOffset? CheckedAt,
        string? Warning,
        Problem? Wrong)
    {
        public static Image Of(ImageFigures figures, ImageFormat? wanted, DateTimeOffset now) => new(
            figures.Standing.Distribution,
            figures.Standing.Cloud,
            figures.Standing.State,
            figures.Standing.Revision,
            figures.Standing.DiskFormat,
            figures.Standing.ConvertedFrom,
            wanted,
            (int?)figures.Age(now)?.TotalDays,
            figures.MaxAge?.TotalDays,
            figures.EndOfSupport,
            figures.Standing.ImageName,
            figures.Standing.ImageId,
            figures.Standing.Provenance,
            figures.Standing.SignedBy,
            figures.Standing.CheckedAt,
            figures.Standing.Warning,
            figures.Standing.Wrong);
    }
}

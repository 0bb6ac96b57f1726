namespace Imgsync.Core.Publishing;

/// <summary>
/// Who made an image: the staging store names the installation, the run its one attempt. Whoever holds the run lock of
/// that store knows that its other runs are over, so what they left half made may go.
/// </summary>
public sealed record RunMark(string Installation, RunId Run)
{
    /// <summary>Another installation's unfinished image is taken for abandoned after this long without a change.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(24);

    /// <summary>True when the image's maker is surely gone, so that it is a leftover and not somebody's work.</summary>
    /// <param name="now">By the cloud's clock, as <paramref name="updatedAt"/> is: ours may be days ahead.</param>
    public bool IsOver(string mark, DateTimeOffset updatedAt, DateTimeOffset now) =>
        mark.StartsWith(Installation + "/", StringComparison.Ordinal) || now - updatedAt > Patience;

    public override string ToString() => $"{Installation}/{Run}";
}

namespace Imgsync.Core.Runs;

/// <summary>What a run cleaned up.</summary>
/// <param name="Actions">In the order in which they were taken.</param>
/// <param name="Failures">Why clean-up was left out in a cloud, one sentence each.</param>
public sealed record PruneReport(IReadOnlyList<RunAction> Actions, IReadOnlyList<string> Failures)
{
    public static PruneReport Nothing { get; } = new([], []);
}

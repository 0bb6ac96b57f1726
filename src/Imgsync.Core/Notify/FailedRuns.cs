using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Notify;

/// <summary>A run that could not begin, or ended without a report: receivers are told of it as of a failed image, and status shows it.
/// </summary>
public sealed class FailedRuns(ReportStore reports, Notifier notifier, ImgsyncOptions options, TimeProvider time)
{
    /// <summary>Keeps why a run has no report, which is told like a failed image.</summary>
    /// <param name="failure">What kind of failure it was, to count by.</param>
    /// <returns>Who is to be told, by their places in the settings.</returns>
    public async Task<IReadOnlyList<int>> KeepAsync(RunId run, string failure, string reason, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var receivers = options.Notify is []
            ? []
            : await notifier.CollectAsync(
                await reports.StandingAsync(cancellationToken), run, now, failure, reason, cancellationToken);
        await reports.FailAsync(run, now, failure, reason, cancellationToken);
        return receivers;
    }

    /// <summary>The same where nobody comes after who could tell the receivers.</summary>
    /// <returns>What was in the way of telling them. Where there are none, a failure that cannot be kept is told to nobody: what is in the
    /// way of that is most often the failure itself.</returns>
    public async Task<IReadOnlyList<string>> TellAsync(ImgsyncException failure, CancellationToken cancellationToken)
    {
        var run = RunId.New(time.GetUtcNow());
        try
        {
            var receivers = await KeepAsync(run, FailureKind.Of(failure), failure.Message, cancellationToken);
            var untold = await Task.WhenAll(receivers.Select(UntoldAsync));
            return [.. untold.OfType<string>()];
        }
        catch (Exception unstored) when (unstored is ImgsyncException or IOException or UnauthorizedAccessException)
        {
            return options.Notify is [] ? [] : [unstored.Message];
        }

        async Task<string?> UntoldAsync(int receiver)
        {
            try
            {
                await notifier.SendAsync(run, receiver, cancellationToken);
                return null;
            }
            catch (ImgsyncException refusal)
            {
                return refusal.Message;
            }
        }
    }
}

/// <summary>Why a run has no report.</summary>
/// <param name="At">When that was known.</param>
/// <param name="Kind">What kind of failure it was, to count by.</param>
/// <param name="Reason">One sentence.</param>
public sealed record RunFailure(RunId Run, DateTimeOffset At, string Kind, string Reason)
{
    internal RunNews News(string installation) => RunNews.OfUnplanned(Standing.Unknown, Run, At, Kind, Reason, installation);
}

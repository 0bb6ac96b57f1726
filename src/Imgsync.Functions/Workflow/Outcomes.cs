using System.Text;
using Imgsync.Core;
using Imgsync.Core.Runs;
using Microsoft.DurableTask;

namespace Imgsync.Functions.Workflow;

/// <summary>What the orchestrator makes of the outcomes of its activities.</summary>
internal static class Outcomes
{
    /// <summary>In UTF-8 bytes. Long error texts have hung instances (the engine's own limit is 64 KiB).</summary>
    public const int LongestReason = 2 * 1024;

    public static ImageOutcome Failed(SyncWork work, TaskFailureDetails failure) => failure switch
    {
        _ when failure.IsOurs() => Failed(work, FailureKind.OfType(failure.ErrorType), failure.ErrorMessage),
        _ when failure.IsCancellation() =>
            Failed(work, FailureKind.Cancelled, "The host shut down while it worked on this image, again and again."),
        _ when failure.IsTimeout() => Failed(work, FailureKind.HostTimeout,
            "The Functions host ended the work on this image when it reached functionTimeout; what has been downloaded is kept. "
                + "Raise functionTimeout in host.json, or set workflow.activityBudget well below it."),
        _ when failure.IsLostWorker() => Failed(work, FailureKind.WorkerLost,
            "The worker process died while it worked on this image, at every try; what has been downloaded is kept. "
                + "Look for the reason in the host's log; if memory ran out, lower maxParallel or give the instance more."),
        _ => Failed(work, FailureKind.Unforeseen, $"Something unforeseen went wrong ({failure.ErrorType}: {failure.ErrorMessage})."),
    };

    /// <param name="kind">One of <see cref="FailureKind"/>'s.</param>
    public static ImageOutcome Failed(SyncWork work, string kind, string reason) => new()
    {
        Distribution = work.Distribution,
        Cloud = work.Cloud ?? "",
        Kind = OutcomeKind.Failed,
        Failure = kind,
        Reason = Cut(reason),
    };

    /// <summary>Why a report could not be stored: what kind of failure it was, and a sentence.</summary>
    public static (string Kind, string Reason) Lost(TaskFailureDetails failure)
    {
        var (kind, why) = failure switch
        {
            _ when failure.IsOurs() => (FailureKind.OfType(failure.ErrorType), failure.ErrorMessage),
            _ when failure.IsCancellation() => (FailureKind.Cancelled, "the host shut down while it was stored, again and again."),
            _ when failure.IsTimeout() => (
                FailureKind.HostTimeout, "the host ended that when it reached functionTimeout; raise functionTimeout in host.json."),
            _ when failure.IsLostWorker() => (
                FailureKind.WorkerLost, "the worker process died, at every try; look for the reason in the host's log."),
            _ => (FailureKind.Unforeseen, $"something unforeseen went wrong ({failure.ErrorType}: {failure.ErrorMessage})."),
        };
        return (kind, Cut($"The run's report is not stored: {why}"));
    }

    public static string Cut(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) <= LongestReason)
            return text;

        var room = LongestReason - Encoding.UTF8.GetByteCount("…");
        var kept = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().TakeWhile(rune => (room -= rune.Utf8SequenceLength) >= 0))
            kept.Append(rune);
        return kept.Append('…').ToString();
    }
}

namespace Imgsync.Core;

/// <summary>A failure in a word or two, of which there are few enough to count by: <c>cloud-refused</c>, <c>wrong-digest</c>.</summary>
public static class FailureKind
{
    /// <summary>None of our exceptions: a bug, or a fault that nobody foresaw.</summary>
    public const string Unforeseen = "unforeseen";

    public const string Cancelled = "cancelled";

    /// <summary>What upstream offers contradicts what was published before.</summary>
    public const string Refused = "refused";

    /// <summary>The Functions host ended the activity, because it reached <c>functionTimeout</c>.</summary>
    public const string HostTimeout = "host-timeout";

    /// <summary>The worker process of the Functions host died.</summary>
    public const string WorkerLost = "worker-lost";

    /// <summary>Not done after as many rounds of the activity budget as there may be.</summary>
    public const string TimeSpent = "time-spent";

    public static string Of(Exception failure) => failure switch
    {
        ImgsyncException => OfType(failure.GetType().Name),
        OperationCanceledException => Cancelled,
        _ => Unforeseen,
    };

    /// <param name="type">The name of one of our exceptions, with or without its namespace:
    /// all that is left of it outside its activity.</param>
    public static string OfType(string type)
    {
        var name = type[(type.LastIndexOf('.') + 1)..];
        return Word.Of(
            name.EndsWith(nameof(Exception), StringComparison.Ordinal) ? name[..^nameof(Exception).Length] : name);
    }
}

using System.Diagnostics;

namespace Imgsync.Core.Telemetry;

/// <summary>One span per stage; where nobody listens, none is made.</summary>
internal static class Spans
{
    private static readonly ActivitySource Source = new(TelemetryNames.Source);

    /// <param name="work">Is handed the span, to say more about it; null where nobody listens.</param>
    public static async Task<T> TraceAsync<T>(string name, TagList tags, Func<Activity?, Task<T>> work)
    {
        using var span = Source.StartActivity(name, ActivityKind.Internal, parentContext: default, tags);
        try
        {
            var result = await work(span);
            if (span?.GetTagItem(TelemetryNames.Outcome) is null)
                span?.SetTag(TelemetryNames.Outcome, TelemetryNames.Completed);
            return result;
        }
        catch (Exception failure)
        {
            // Our own messages hold no secret; nobody has promised that of any other.
            span?.SetTag(TelemetryNames.Outcome, TelemetryNames.Failed);
            span?.SetTag(TelemetryNames.Failure, FailureKind.Of(failure));
            span?.SetStatus(ActivityStatusCode.Error, failure is ImgsyncException ? failure.Message : failure.GetType().Name);
            throw;
        }
    }
}

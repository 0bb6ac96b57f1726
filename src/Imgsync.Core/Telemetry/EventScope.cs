using Imgsync.Core.Runs;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Telemetry;

/// <summary>What every event that is logged within is about, by the names that spans have it under, too.</summary>
internal static class EventScope
{
    public static IDisposable? Begin(ILogger logger, RunId run) =>
        logger.BeginScope(new KeyValuePair<string, object?>[] { new(TelemetryNames.Run, run) });

    public static IDisposable? Begin(ILogger logger, SyncWork work) => logger.BeginScope(new KeyValuePair<string, object?>[]
    {
        new(TelemetryNames.Run, work.Run),
        new(TelemetryNames.Distribution, work.Distribution),
        new(TelemetryNames.Cloud, work.Cloud),
    });
}

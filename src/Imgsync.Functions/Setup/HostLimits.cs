using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Imgsync.Functions.Setup;

/// <summary>What host.json sets about the host that the app has to fit into. Null where it
/// says nothing: then the hosting plan decides.</summary>
/// <param name="FunctionTimeout">How long a function may run before the host ends it; infinite where it may run for ever.</param>
/// <param name="ActivitiesAtOnce">How many activities one instance works on at once; more wait in a queue.</param>
public sealed record HostLimits(TimeSpan? FunctionTimeout, int? ActivitiesAtOnce)
{
    private const string TimeoutKey = "functionTimeout";
    private const string ActivitiesKey = "extensions:durableTask:maxConcurrentActivityFunctions";

    /// <summary>An app setting with this prefix overrides the value of host.json that it names.</summary>
    private const string Override = "AzureFunctionsJobHost:";

    /// <param name="hostFile">host.json, which the build puts beside the app.</param>
    public static HostLimits Read(string hostFile, IConfiguration appSettings)
    {
        var host = new ConfigurationBuilder().AddJsonFile(hostFile, optional: true).Build();
        return new HostLimits(
            Timeout(Setting(TimeoutKey)), int.TryParse(Setting(ActivitiesKey), CultureInfo.InvariantCulture, out var atOnce)
                ? atOnce
                : null);

        string? Setting(string key) => appSettings[Override + key] ?? host[key];
    }

    /// <summary>Whether activities of one run may have to wait in the queue of an instance.</summary>
    public bool MayQueue(int maxParallel) => ActivitiesAtOnce is { } atOnce && maxParallel > atOnce;

    /// <summary>An activity goes on for a while when its budget is spent: it makes safe what it has.</summary>
    public bool LeavesRoomFor(TimeSpan activityBudget) => FunctionTimeout is not { } timeout
        || timeout == System.Threading.Timeout.InfiniteTimeSpan
        || activityBudget <= timeout - TimeSpan.FromMinutes(1) && activityBudget <= 0.9 * timeout;

    private static TimeSpan? Timeout(string? text) => text switch
    {
        "-1" => System.Threading.Timeout.InfiniteTimeSpan,
        _ when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var timeout) => timeout,
        _ => null,
    };
}

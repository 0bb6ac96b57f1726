using Imgsync.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Imgsync.Functions.Setup;

/// <summary>Says once, when the host starts, what is wrong with its settings or questionable about them.</summary>
internal sealed partial class StartWarnings(
    AppSetup setup, HostLimits host, ILogger<StartWarnings> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var fault in setup.Faults.Concat(setup.Complaints))
            LogFault(fault);
        foreach (var warning in setup.Configuration.Warnings)
            LogWarning(warning);
        var options = setup.Configuration.Options;
        if (!host.LeavesRoomFor(options.Workflow.ActivityBudget))
            LogBudget(options.Workflow.ActivityBudget.InWords(), host.FunctionTimeout?.InWords());
        if (host.MayQueue(options.MaxParallel))
            LogQueue(options.MaxParallel, host.ActivitiesAtOnce);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(
        LogLevel.Warning, "workflow.activityBudget is {Budget} and the host's functionTimeout {Timeout}: the host may end an activity "
            + "that is still making safe what it has. Set the budget lower, by a tenth of the time-out and at least a minute, or raise "
            + "functionTimeout in host.json.")]
    private partial void LogBudget(string budget, string? timeout);

    [LoggerMessage(
        LogLevel.Information, "maxParallel is {MaxParallel}, and one instance works on {AtOnce} activities at once "
            + "(maxConcurrentActivityFunctions in host.json): the others wait in a queue until one ends or the platform adds an instance")]
    private partial void LogQueue(int maxParallel, int? atOnce);

    [LoggerMessage(LogLevel.Error, "{Fault}")]
    private partial void LogFault(string fault);

    [LoggerMessage(LogLevel.Warning, "{Warning}")]
    private partial void LogWarning(string warning);
}

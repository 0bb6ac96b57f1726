using Imgsync.Core.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Imgsync.Functions;

/// <summary>Says once, when the host starts, what is questionable about its settings. What is wrong with them keeps it from starting.</summary>
internal sealed partial class StartWarnings(ImgsyncConfiguration configuration, ILogger<StartWarnings> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var warning in configuration.Warnings)
            LogWarning(warning);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Warning, "{Warning}")]
    private partial void LogWarning(string warning);
}

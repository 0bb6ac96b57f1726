using Imgsync.Functions.Http;
using Imgsync.Functions.Setup;
using Microsoft.Extensions.DependencyInjection;

namespace Imgsync.Functions;

/// <summary>What this host adds to Core: starting runs, and a word about its settings. <see cref="AppSetup"/> adds Core itself.</summary>
public static class RunServices
{
    public static IServiceCollection AddRuns(this IServiceCollection services, HostLimits host) =>
        services
        .AddSingleton(host)
        .AddSingleton<HttpAnswers>()
        .AddSingleton<HealthCheck>()
        .AddSingleton<QueuedImages>()
        .AddHostedService<StartWarnings>()
        .AddSingleton<RunStarter>();
}

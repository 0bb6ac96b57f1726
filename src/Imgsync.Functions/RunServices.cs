using Imgsync.Core.Configuration.Loading;
using Imgsync.Functions.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Imgsync.Functions;

/// <summary>What this host adds to Core: starting runs, and a word about its settings.</summary>
public static class RunServices
{
    public static IServiceCollection AddRuns(this IServiceCollection services, ImgsyncConfiguration configuration, HostLimits host) =>
        services
        .AddSingleton(configuration)
        .AddSingleton(host)
        .AddSingleton<HttpAnswers>()
        .AddSingleton<QueuedImages>()
        .AddHostedService<StartWarnings>()
        .AddSingleton<RunStarter>();
}

using Microsoft.Extensions.DependencyInjection;

namespace Imgsync.Functions;

/// <summary>What this host adds to Core: starting runs.</summary>
public static class RunServices
{
    public static IServiceCollection AddRuns(this IServiceCollection services) => services.AddSingleton<RunStarter>();
}

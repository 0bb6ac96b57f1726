using Imgsync.Core.Sync;
using Microsoft.Extensions.DependencyInjection;

namespace Imgsync.Functions;

/// <summary>What this host adds to Core: starting runs and calling their steps.</summary>
public static class RunServices
{
    public static IServiceCollection AddRuns(this IServiceCollection services) => services
        .AddSingleton<ReportStore>()
        .AddSingleton<RunSteps>()
        .AddSingleton<RunStarter>();
}

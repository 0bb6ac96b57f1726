using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Imgsync.Functions;

/// <summary>Core's spans and measurements go to Application Insights where there is one, else nowhere.</summary>
public static class Telemetry
{
    /// <summary>The name of Core's activity source and of its meter.</summary>
    private const string Name = "Imgsync";

    /// <summary>The platform's own setting.</summary>
    private const string ConnectionString = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration[ConnectionString] is not { Length: > 0 } connectionString)
            return services;

        services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource(Name).AddAzureMonitorTraceExporter(options => options.ConnectionString = connectionString))
            .WithMetrics(metrics => metrics.AddMeter(Name).AddAzureMonitorMetricExporter(options => options.ConnectionString = connectionString));
        return services;
    }
}

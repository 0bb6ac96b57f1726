using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Imgsync.Core.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Imgsync.Functions;

/// <summary>Core's spans and measurements go to Application Insights where there is one, else nowhere.</summary>
public static class Telemetry
{
    /// <summary>The platform's own setting: where telemetry goes.</summary>
    private const string ConnectionString = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    /// <summary>The platform's own setting: how one signs in there. <c>Authorization=AAD</c> stands for an identity.</summary>
    private const string Authentication = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    /// <summary>Which identity it is, where the app has several.</summary>
    private const string ClientId = "AZURE_CLIENT_ID";

    /// <summary>The sources of the spans around ours: the worker's, one for each function it runs, and the workflow's. With them a run
    /// is one trace, from the request or the timer that started it to each stage of each image.</summary>
    private static readonly string[] Around = ["Microsoft.Azure.Functions.Worker", "Microsoft.DurableTask"];

    /// <summary>What is logged is paid for: Azure's clients write several lines for each
    /// request. host.json says the same to the host.</summary>
    public static ILoggingBuilder AddQuiet(this ILoggingBuilder logging) => logging
        .AddFilter("Azure", LogLevel.Warning)
        .AddFilter("System.Net.Http", LogLevel.Warning);

    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration[ConnectionString] is not { Length: > 0 } connectionString)
            return services;

        var credential = Credential(configuration);
        services.Configure<AzureMonitorExporterOptions>(exporter =>
        {
            (exporter.ConnectionString, exporter.Credential) = (connectionString, credential);
            // A run makes few spans, and the one that is looked for later must not be the one that was left out.
            (exporter.SamplingRatio, exporter.TracesPerSecond) = (1, null);
        });
        services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource([TelemetryNames.Source, .. Around]).AddAzureMonitorTraceExporter())
            .WithMetrics(metrics => metrics.AddMeter(TelemetryNames.Source).AddAzureMonitorMetricExporter());
        return services;
    }

    /// <summary>The host follows the same setting for its own telemetry. Without it the
    /// key in the connection string is what counts.</summary>
    private static DefaultAzureCredential? Credential(IConfiguration configuration) =>
        configuration[Authentication]?.Contains("Authorization=AAD", StringComparison.OrdinalIgnoreCase) is true
            ? new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = configuration[ClientId] })
            : null;
}

using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Imgsync.Core;
using Imgsync.Core.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

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

    /// <summary>Registers nothing where there is no destination, or none that can be meant: a worker that ended over it would be
    /// started again for ever.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration) =>
        configuration[ConnectionString] is { Length: > 0 } && Complaint(configuration) is null
            ? services.AddExporter(configuration, [TelemetryNames.Source, .. Around], [TelemetryNames.Source])
            : services;

    /// <summary>Why telemetry goes nowhere though a destination is set; null when it goes there, or none is set.</summary>
    public static string? Complaint(IConfiguration configuration)
    {
        if (configuration[ConnectionString] is not { Length: > 0 } connectionString)
            return null;

        try
        {
            _ = Credential(configuration);
        }
        catch (Exception malformed) when (IsMalformed(malformed))
        {
            return $"{Authentication} asks for an identity, and the variables AZURE_* (AZURE_AUTHORITY_HOST, AZURE_TENANT_ID, "
                + $"AZURE_TOKEN_CREDENTIALS) describe none that can be used, so telemetry goes nowhere: {malformed.Message.Shortened()}";
        }

        var isReadable = IsTaken(configuration);
        var parts = isReadable ? Parts(connectionString) : [];
        return (isReadable, Of("InstrumentationKey"), Of("IngestionEndpoint")) switch
        {
            (false, _, _) => Unusable("cannot be read"),
            (_, "", _) => Unusable("has no InstrumentationKey"),
            (_, _, { } endpoint) when !IsWebAddress(endpoint) => Unusable("names no http or https URL as its IngestionEndpoint"),
            _ => null,
        };

        string? Of(string name) => parts.FirstOrDefault(part => part.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
    }

    /// <summary>Asks the exporter itself, which is stricter than most readers of such strings, by making one that nothing is sent
    /// through.</summary>
    private static bool IsTaken(IConfiguration configuration)
    {
        try
        {
            using var made = new ServiceCollection().AddLogging().AddSingleton(configuration).AddExporter(configuration, [], [])
                .BuildServiceProvider();
            made.GetRequiredService<TracerProvider>();
            made.GetRequiredService<MeterProvider>();
            return true;
        }
        catch (Exception malformed) when (IsMalformed(malformed))
        {
            return false;
        }
    }

    private static bool IsMalformed(Exception failure) => failure is FormatException or ArgumentException or InvalidOperationException;

    private static (string Name, string Value)[] Parts(string connectionString) =>
    [
        .. connectionString.Split(';').Select(part => part.Split('=', 2, StringSplitOptions.TrimEntries))
            .Where(part => part.Length == 2).Select(part => (part[0], part[1])),
    ];

    private static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";

    /// <summary>Without the string itself: what was pasted by mistake may be any secret.</summary>
    private static string Unusable(string fault) => $"{ConnectionString} {fault}, so telemetry goes nowhere; copy it again, whole, from "
        + "the overview of the Application Insights resource: InstrumentationKey=...;IngestionEndpoint=https://...";

    private static IServiceCollection AddExporter(
        this IServiceCollection services, IConfiguration configuration, string[] sources, string[] meters)
    {
        var (connectionString, credential) = (configuration[ConnectionString], Credential(configuration));
        services.Configure<AzureMonitorExporterOptions>(exporter =>
        {
            (exporter.ConnectionString, exporter.Credential) = (connectionString, credential);
            // A run makes few spans, and the one that is looked for later must not be the one that was left out.
            (exporter.SamplingRatio, exporter.TracesPerSecond) = (1, null);
        });
        services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource(sources).AddAzureMonitorTraceExporter())
            .WithMetrics(metrics => metrics.AddMeter(meters).AddAzureMonitorMetricExporter());
        return services;
    }

    /// <summary>The host follows the same setting for its own telemetry. Without it the
    /// key in the connection string is what counts.</summary>
    private static DefaultAzureCredential? Credential(IConfiguration configuration) =>
        configuration[Authentication]?.Contains("Authorization=AAD", StringComparison.OrdinalIgnoreCase) is true
            ? new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = configuration[ClientId] })
            : null;
}

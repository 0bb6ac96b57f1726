using System.CommandLine;
using System.Diagnostics;
using Imgsync.Cli.CommandLine;
using Imgsync.Cli.Commands.Help;
using Imgsync.Core.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Imgsync.Cli;

/// <summary>Core's spans and measurements go to a collector over OTLP where the environment names one, else nowhere. The variables are
/// OpenTelemetry's own (OpenTelemetry Protocol Exporter, "Configuration options"); whoever sets none pays nothing: no assembly is loaded.
/// </summary>
internal sealed class TelemetryExport : IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>How long the end of the program waits for a collector that does not answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;
    private readonly ActivitySource _source = new(TelemetryNames.Source);
    private readonly Activity? _command;

    private TelemetryExport(string? command)
    {
        var resource = ResourceBuilder.CreateDefault().AddService("imgsync", serviceVersion: VersionCommand.Version)
            .AddEnvironmentVariableDetector(); // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(TelemetryNames.Source)
            .AddOtlpExporter(Configure).Build();
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(TelemetryNames.Source)
            .AddOtlpExporter(Configure).Build();
        _command = command is null ? null : _source.StartActivity(command, ActivityKind.Internal, Parent());
    }

    /// <returns>Null where nothing is exported.</returns>
    public static IDisposable? Start(ParseResult parsed, Terminal terminal)
    {
        if (Environment.GetEnvironmentVariable(Endpoint) is not { Length: > 0 } endpoint || IsOff())
            return null;

        if (Uri.TryCreate(endpoint, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            return Open(parsed);

        terminal.Warn($"{Endpoint} is no http or https URL, so telemetry goes nowhere.");
        return null;
    }

    /// <summary>Flushes. Both wait at the same time, and no longer than that: what a collector misses is no fault of the run.</summary>
    public void Dispose()
    {
        _command?.Dispose();
        var milliseconds = (int)Patience.TotalMilliseconds;
        Task.WhenAll(
            Task.Factory.StartNew(() => _traces.Shutdown(milliseconds), TaskCreationOptions.LongRunning),
            Task.Factory.StartNew(() => _metrics.Shutdown(milliseconds), TaskCreationOptions.LongRunning))
            .Wait(Patience);
        _source.Dispose();
    }

    /// <summary>A method of its own, because the libraries are loaded when it is called.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static TelemetryExport Open(ParseResult parsed)
    {
        var command = Examples.Path(parsed.CommandResult.Command);
        return new TelemetryExport(command is "serve" ? null : $"imgsync {command}".TrimEnd());
    }

    private static bool IsOff() =>
        string.Equals(Environment.GetEnvironmentVariable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The specification's default is HTTP, this library's is gRPC.</summary>
    private static void Configure(OtlpExporterOptions exporter)
    {
        if (Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL") is not { Length: > 0 })
            exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
    }

    /// <summary>Whoever starts us within a trace of theirs says so (W3C Trace Context, as an environment variable).</summary>
    private static ActivityContext Parent() =>
        ActivityContext.TryParse(
            Environment.GetEnvironmentVariable("TRACEPARENT"), Environment.GetEnvironmentVariable("TRACESTATE"), out var parent)
            ? parent
            : default;
}

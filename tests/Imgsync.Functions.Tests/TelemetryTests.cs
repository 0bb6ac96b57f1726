using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Sync;
using Imgsync.Core.Telemetry;
using Imgsync.Functions.Workflow;
using Imgsync.Testing;
using Imgsync.Testing.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Imgsync.Functions.Tests;

public sealed class TelemetryTests
{
    private const string Key = "InstrumentationKey=00000000-0000-0000-0000-000000000001";

    private static readonly SyncWork Work = new("debian12", "east", RunId.Parse("20240717T181100Z-3f9a"));

    [Fact]
    public async Task Without_a_connection_string_telemetry_goes_nowhere()
    {
        await using var app = App(("APPLICATIONINSIGHTS_CONNECTION_STRING", ""));

        Assert.Null(app.GetService<TracerProvider>());
        Assert.Null(app.GetService<MeterProvider>());
    }

    [Fact]
    public async Task With_a_connection_string_spans_and_measurements_arrive_there()
    {
        await using var ingestion = new ScriptedServer();
        ingestion.Always("POST", "/v2.1/track", Answer.Json("""{ "itemsReceived": 1, "itemsAccepted": 1, "errors": [] }"""));
        await using var app = App(("APPLICATIONINSIGHTS_CONNECTION_STRING", $"{Key};IngestionEndpoint={ingestion.Url}"));
        var (tracing, metering) = (app.GetRequiredService<TracerProvider>(), app.GetRequiredService<MeterProvider>());

        await using var hold = await app.GetRequiredService<IRunLock>().HoldAsync(
            Work.Run, TimeProvider.System, TestContext.Current.CancellationToken);
        await app.GetRequiredService<ImageSync>().AttemptAsync(
            Work,
            hold,
            app.GetRequiredService<Lookups>().ForOneImage(TestContext.Current.CancellationToken),
            new ImageDeadline(TimeSpan.FromMinutes(1), TimeProvider.System),
            Timeout.InfiniteTimeSpan,
            new Progress<ImageProgress>(),
            TestContext.Current.CancellationToken);
        app.GetRequiredService<Measurements>().Ended(ReportOf(Outcomes.Failed(Work, "upstream", "The publisher does not answer.")));
        tracing.ForceFlush();
        metering.ForceFlush();

        var arrived = string.Join('\n', ingestion.Requests.Select(TextOf));
        Assert.All(
            ["\"name\":\"resolve\"", "\"distribution\":\"debian12\"", "\"name\":\"imgsync.images\"", "\"outcome\":\"failed\"",
                "\"failure\":\"upstream\"", "\"name\":\"imgsync.runs\""],
            expected => Assert.Contains(expected, arrived, StringComparison.Ordinal));
        Assert.All(ingestion.Requests, request => Assert.Null(request["Authorization"]));
    }

    [Fact]
    public async Task Where_the_platform_is_told_to_sign_in_with_an_identity_so_do_we()
    {
        await using var app = App(
            ("APPLICATIONINSIGHTS_CONNECTION_STRING", $"{Key};IngestionEndpoint=https://127.0.0.1:9/"),
            ("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "ClientId=11111111-1111-1111-1111-111111111111;Authorization=AAD"),
            ("AZURE_CLIENT_ID", "11111111-1111-1111-1111-111111111111"));

        app.GetRequiredService<TracerProvider>(); // sets the exporter's options
        var exporter = app.GetRequiredService<IOptionsMonitor<AzureMonitorExporterOptions>>().CurrentValue;

        Assert.IsType<DefaultAzureCredential>(exporter.Credential);
    }

    [Theory]
    [InlineData("Microsoft.Azure.Functions.Worker")]
    [InlineData("Microsoft.DurableTask")]
    public async Task Our_spans_are_part_of_the_trace_that_the_host_began(string source)
    {
        await using var app = App(("APPLICATIONINSIGHTS_CONNECTION_STRING", $"{Key};IngestionEndpoint=https://127.0.0.1:9/"));
        app.GetRequiredService<TracerProvider>();
        using var hosts = new ActivitySource(source);
        using var ours = new ActivitySource(TelemetryNames.Source);

        using var around = hosts.StartActivity("function");
        using var within = ours.StartActivity("sync", ActivityKind.Internal, parentContext: default);

        Assert.NotNull(around);
        Assert.Equal((around.TraceId, around.SpanId), (within!.TraceId, within.ParentSpanId));
    }

    [Fact]
    public async Task Azures_clients_are_logged_from_warnings_on()
    {
        using var log = new CapturedLog();
        await using var app = new ServiceCollection().AddLogging(logging => logging.AddProvider(log).AddQuiet()).BuildServiceProvider();
        var loggers = app.GetRequiredService<ILoggerFactory>();

        Assert.All(["Azure.Core", "Azure.Identity", "System.Net.Http.HttpClient"], category =>
        {
            Assert.False(loggers.CreateLogger(category).IsEnabled(LogLevel.Information), category);
            Assert.True(loggers.CreateLogger(category).IsEnabled(LogLevel.Warning), category);
        });
        Assert.True(loggers.CreateLogger("Imgsync.Run").IsEnabled(LogLevel.Information));
    }

    private static ServiceProvider App(params (string Name, string Value)[] settings)
    {
        var options = new ImgsyncOptions
        {
            Clouds = [new CloudOptions { Name = "east" }],
            Publishers = new Dictionary<string, Uri>(StringComparer.Ordinal) { ["debian"] = new("http://127.0.0.1:1/") },
            Upstream = new UpstreamOptions { Retries = 0 },
        };
        return new ServiceCollection()
            .AddLogging()
            .AddImgsync(options, Path.Combine(Path.GetTempPath(), "imgsync-never-made"))
            .AddTelemetry(
                new ConfigurationBuilder().AddInMemoryCollection(
                    settings.Select(one => KeyValuePair.Create(one.Name, (string?)one.Value))).Build())
            .BuildServiceProvider();
    }

    private static SyncReport ReportOf(ImageOutcome outcome) =>
        new(Work.Run, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, DryRun: false, [outcome], PruneReport.Nothing);

    private static string TextOf(ScriptedRequest request)
    {
        if (request["Content-Encoding"] is not "gzip")
            return request.Text;

        using var unpacked = new StreamReader(new GZipStream(new MemoryStream(request.Body), CompressionMode.Decompress), Encoding.UTF8);
        return unpacked.ReadToEnd();
    }
}

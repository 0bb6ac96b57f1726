using System.IO.Compression;
using System.Text;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Pruning;
using Imgsync.Core.Sync;
using Imgsync.Core.Telemetry;
using Imgsync.Functions.Workflow;
using Imgsync.Testing.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Imgsync.Functions.Tests;

public sealed class TelemetryTests
{
    private const string Key = "InstrumentationKey=00000000-0000-0000-0000-000000000001";

    private static readonly SyncWork Work = new("debian12", "east", "20240717T181100Z-3f9a");

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

        await app.GetRequiredService<ImageSync>().AttemptAsync(
            Work,
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
            ["\"name\":\"resolve\"", "\"distribution\":\"debian12\"", "\"name\":\"imgsync.images\"", "\"outcome\":\"failed\"", "\"failure\":\"upstream\"", "\"name\":\"imgsync.runs\""],
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
            .AddTelemetry(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(one => KeyValuePair.Create(one.Name, (string?)one.Value))).Build())
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

using System.Text;
using System.Text.Json;
using Imgsync.Core;
using Imgsync.Core.Catalog;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Notify;
using Imgsync.Core.Reporting;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Staging.Folders;
using Imgsync.Core.Telemetry;
using Imgsync.Functions.Http;
using Imgsync.Functions.Setup;
using Imgsync.Functions.Workflow;
using Imgsync.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Imgsync.Functions.Tests;

/// <summary>The triggers on a staging folder of their own, with two clouds configured.</summary>
internal sealed class TestApp : IDisposable
{
    public const string OlderRun = "20240101T000000Z-0001";

    private readonly string _folder = Directory.CreateTempSubdirectory("imgsync-functions-").FullName;
    private readonly LoggerFactory _loggers;
    private readonly FolderDocumentStore _store;
    private readonly Installation _installation;
    private readonly ImgsyncOptions _options;
    private readonly DistributionCatalog _catalog;
    private readonly RunPlanner _planner;
    private readonly Lazy<HealthCheck> _health;

    public TestApp(ImgsyncOptions? options = null)
    {
        options ??= new ImgsyncOptions
        {
            Distributions = ["debian12"],
            Clouds = [new CloudOptions { Name = "east" }, new CloudOptions { Name = "west" }]
        };
        _options = options;
        Setup = new AppSetup(new ImgsyncConfiguration(options, [], []), [], []) { Schedule = "0 0 */6 * * *" };
        _loggers = new LoggerFactory([Log]);
        Lock = new FolderRunLock(_folder);
        _store = new FolderDocumentStore(_folder);
        _installation = new Installation(_store);
        (Reports, Notes) = (new ReportStore(_store), new RunNotes(_store));
        _catalog = CatalogLoader.Load(options.Catalog, options.Publishers, options.Overrides);
        _planner = new RunPlanner(_catalog, options);
        Starter = new RunStarter(_planner, Lock, options, Time);
        _health = new Lazy<HealthCheck>(() => new HealthCheck(Setup, Figures, Time, _loggers.CreateLogger<HealthCheck>()));
    }

    public RememberingClient Client { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2024, 7, 17, 18, 11, 0, TimeSpan.Zero));

    public CapturedLog Log { get; } = new();

    /// <summary>What the app counts, apart from every other app in this process.</summary>
    public Measurements Measurements { get; } = new(TimeProvider.System);

    public FolderRunLock Lock { get; }

    public ReportStore Reports { get; set; }

    public RunNotes Notes { get; }

    /// <summary>What host.json says of the host.</summary>
    public HostLimits Host { get; set; } = new(FunctionTimeout: TimeSpan.FromMinutes(10), ActivitiesAtOnce: 2);

    private QueuedImages Queue => new(Notes, _options, Host);

    /// <summary>What the app's settings are good for.</summary>
    public AppSetup Setup { get; set; }

    private FigureReader Figures => new(Reports, _planner, _catalog, Time);

    private HttpAnswers Answers => new(Setup, Time, _loggers.CreateLogger<HttpAnswers>());

    public RunStarter Starter { get; }

    public SyncTimer Timer => new(
        Starter,
        new FailedRuns(
            Reports,
            new Notifier(_options, new Outbox(_store), _installation, Time, _loggers.CreateLogger<Notifier>()), _options, Time),
        Setup, Measurements, _loggers.CreateLogger<SyncTimer>());

    public RunStart Started => JsonSerializer.Deserialize<RunStart>(Assert.Single(Client.Scheduled).Input)!;

    /// <summary>What a run was started with, as its instance keeps it.</summary>
    public static RunStart StartOf(string run) => new(RunId.Parse(run), new RunRequest(), SyncLimits.Of(new ImgsyncOptions()));

    /// <summary>Another process with the same staging, such as the command line.</summary>
    public FolderRunLock OtherProcess() => new(_folder);

    public Task<Response> ResyncAsync(string body = "") => ResyncAsync(Encoding.UTF8.GetBytes(body));

    public Task<Response> ResyncAsync(byte[] body) =>
        ExecuteAsync(request => new Resync(Starter, Answers).RunAsync(request, Client, TestContext.Current.CancellationToken), body);

    public Task<Response> StatusAsync() =>
        ExecuteAsync(request => new Runs(Reports, Notes, Queue, Setup, Answers).Status(request, Client, TestContext.Current.CancellationToken));

    public Task<Response> HealthAsync() =>
        ExecuteAsync(request => new Health(Setup, _health.Value).Run(request, TestContext.Current.CancellationToken));

    public Task<Response> DashboardAsync() =>
        ExecuteAsync(request => new Dashboard(Figures, Reports, Answers).Run(request, TestContext.Current.CancellationToken));

    public Task<Response> MetricsAsync() =>
        ExecuteAsync(request => new Metrics(Figures, Answers).Run(request, TestContext.Current.CancellationToken));

    public Task<Response> RunAsync(string id) =>
        ExecuteAsync(request => new Runs(Reports, Notes, Queue, Setup, Answers).Run(request, id, Client, TestContext.Current.CancellationToken));

    public Task<Response> CancelAsync(string id) =>
        ExecuteAsync(
            request => new Runs(Reports, Notes, Queue, Setup, Answers).Cancel(request, id, Client, TestContext.Current.CancellationToken));

    public void Dispose()
    {
        if (_health.IsValueCreated)
            _health.Value.Dispose();
        _loggers.Dispose();
        _installation.Dispose();
        Measurements.Dispose();
        Lock.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<Response> ExecuteAsync(Func<HttpRequest, Task<IActionResult>> function, byte[]? body = null)
    {
        var http = new DefaultHttpContext();
        http.Request.Body = new MemoryStream(body ?? []);
        var answer = new MemoryStream();
        http.Response.Body = answer;

        var result = await function(http.Request);
        await result.ExecuteResultAsync(new ActionContext(http, new RouteData(), new ActionDescriptor()));

        var text = Encoding.UTF8.GetString(answer.ToArray());
        return new Response(http.Response, text, text is ['{', ..] ? JsonDocument.Parse(text).RootElement : default);
    }
}

/// <param name="Text">The body as it went over the wire.</param>
internal sealed record Response(HttpResponse Http, string Text, JsonElement Json)
{
    public int Status => Http.StatusCode;

    /// <summary>The faults that a problem names, one a line.</summary>
    public string Faults => string.Join('\n', Json.GetProperty("faults").EnumerateArray().Select(fault => fault.GetString()));
}

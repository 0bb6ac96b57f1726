using Imgsync.Core;
using Imgsync.Core.Runs;
using Imgsync.Functions.Setup;
using Imgsync.Functions.Workflow;
using Imgsync.Testing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Imgsync.Functions.Tests;

/// <summary>What the app says of its set-up. Whatever an operator can mend keeps no worker from starting.</summary>
public sealed class AppSetupTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly (string Name, string Value)[] Good =
    [
        ("Imgsync:Distributions:0", "debian12"),
        ("Imgsync:Clouds:0:Name", "east"),
        ("Imgsync:Clouds:0:Auth:AuthUrl", "https://keystone.example.org:5000/v3"),
        ("Imgsync:Clouds:0:Auth:Username", "imgsync"),
        ("Imgsync:Clouds:0:Auth:Password", "s3cret-word"),
        ("Imgsync:Clouds:0:Auth:ProjectName", "images"),
        ("Imgsync:Clouds:0:Auth:UserDomainName", "Default"),
        ("Imgsync:Clouds:0:Auth:ProjectDomainName", "Default"),
        ("IMGSYNC_SCHEDULE", "0 0 */6 * * *"),
    ];

    /// <summary>A setting that cannot be used, and a part of what is said of it.</summary>
    public static TheoryData<string, string, string> Unusable => new()
    {
        { "Imgsync:Publsih:Keep", "2", "publsih" },
        { "Imgsync:Publish:Keep", "many", "Publish__Keep" },
        { "Imgsync:Publish:Keep", "-1", "Publish__Keep" },
        { "Imgsync:Clouds:0:Auth:AuthUrl", "keystone", "authUrl" },
        { "Imgsync:Catalog", "/none/catalog.json", "/none/catalog.json" },
        { "Imgsync:Overrides:debain12:Title", "Debian", "debain12" },
        { "Imgsync:Staging:ConnectionString", "s3cret-word", "staging.connectionString" },
        { "Imgsync:Staging:ConnectionString", "AccountName=a;AccountKey=s3cret-word", "staging.connectionString" },
        { "Imgsync:Staging:BlobEndpoint", "http://account.blob.example.org", "staging.blobEndpoint" },
        { "Imgsync:Staging:BlobEndpoint", "https://account.blob.example.org/?sig=s3cret-word", "staging.blobEndpoint" },
        { "Imgsync:Upstream:CaFile", "/none/authority.pem", "/none/authority.pem" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task Settings_that_cannot_be_used_are_told_at_every_route_and_every_tick(string name, string value, string said)
    {
        using var log = new CapturedLog();
        await using var services = App(log, (name, value));
        using var app = new TestApp { Setup = services.GetRequiredService<AppSetup>() };

        await StartAsync(services);
        foreach (var _ in new[] { 1, 2 })
            await app.Timer.RunAsync(new TimerInfo(), app.Client, Cancel);

        foreach (var answer in new[] { await app.StatusAsync(), await app.ResyncAsync(), await app.RunAsync(TestApp.OlderRun),
            await app.CancelAsync(TestApp.OlderRun) })
        {
            Assert.Equal(503, answer.Status);
            Assert.Contains(said, answer.Faults, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("s3cret", answer.Text, StringComparison.Ordinal);
        }

        Assert.Empty(app.Client.Scheduled);
        var told = app.Log.Lines.Count(line => line.StartsWith("Error: The timer has started nothing: ", StringComparison.Ordinal)
            && line.Contains(said, StringComparison.OrdinalIgnoreCase));
        Assert.True(told >= 2 && told % 2 == 0, $"told {told} times in two ticks");
        Assert.Contains(log.Lines, line => line.StartsWith("Error: ", StringComparison.Ordinal)
            && line.Contains(said, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Of whatever parts: none is looked at only once the others are mended.</summary>
    [Theory]
    [InlineData("Publsih:Keep=2 Pipeline=sideways", "publsih", "Pipeline")]
    [InlineData("Publsih:Keep=2 Staging:ConnectionString=none Upstream:CaFile=/none/a.pem", "publsih", "staging.connectionString", "/none/a.pem")]
    [InlineData("Staging:BlobEndpoint=http://account.blob.example.org Catalog=/none/catalog.json", "staging.blobEndpoint", "/none/catalog.json")]
    [InlineData("MaxParallel=many Overrides:debain12:Title=Debian Staging:ConnectionString=none", "many", "debain12", "staging.connectionString")]
    public async Task All_faults_are_told_at_once(string settings, params string[] said)
    {
        var changed = settings.Split(' ').Select(one => one.Split('=')).Select(one => ("Imgsync:" + one[0], one[1]));
        await using var services = App(new CapturedLog(), [.. changed, ("IMGSYNC_SCHEDULE", "")]);
        using var app = new TestApp { Setup = services.GetRequiredService<AppSetup>() };

        var faults = (await app.StatusAsync()).Faults.Split('\n');

        Assert.Equal(said.Length + 1, faults.Length);
        Assert.All(said.Append("IMGSYNC_SCHEDULE"), part => Assert.Contains(faults, fault => fault.Contains(part, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task A_run_that_was_under_way_decides_nothing_by_settings_that_cannot_be_used()
    {
        await using var services = App(new CapturedLog(), ("Imgsync:Publsih:Keep", "2"));
        var activities = ActivatorUtilities.CreateInstance<SyncActivities>(services);
        var run = RunId.Parse(TestApp.OlderRun);

        await Assert.ThrowsAsync<ConfigurationException>(async () => await activities.PlanRun(TestApp.StartOf(TestApp.OlderRun), Cancel));
        await Assert.ThrowsAsync<ConfigurationException>(() => activities.SyncDistribution(new SyncWork("debian12", "east", run), Cancel));
        await Assert.ThrowsAsync<ConfigurationException>(
            async () => await activities.PruneSuperseded(new PruneWork(run, DryRun: false, [], []), Cancel));
    }

    [Theory]
    [InlineData("")]
    [InlineData("every six hours")]
    [InlineData("0 0 25 * * *")]
    [InlineData("0 0 0 */6 * * *")]
    public async Task Without_a_schedule_runs_by_hand_go_on_and_health_is_bad(string schedule)
    {
        await using var services = App(new CapturedLog(), ("IMGSYNC_SCHEDULE", schedule));
        using var app = new TestApp { Setup = services.GetRequiredService<AppSetup>() };

        var (health, status, resync) = (await app.HealthAsync(), await app.StatusAsync(), await app.ResyncAsync());

        Assert.Equal((503, 200, 202), (health.Status, status.Status, resync.Status));
        Assert.StartsWith("IMGSYNC_SCHEDULE is ", Assert.Single(status.Json.GetProperty("setup").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("IMGSYNC", health.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3cret", "cannot be read")]
    [InlineData("s3cret-0000-0000-0000-000000000001", "cannot be read")]
    [InlineData(" ", "cannot be read")]
    [InlineData("InstrumentationKey=", "cannot be read")]
    [InlineData("InstrumentationKey=s3cret;InstrumentationKey=s3cret", "cannot be read")]
    [InlineData("InstrumentationKey=s3cret;;IngestionEndpoint=https://127.0.0.1:9/", "cannot be read")]
    [InlineData(";InstrumentationKey=s3cret", "cannot be read")]
    [InlineData("\"InstrumentationKey=s3cret\"", "cannot be read")]
    [InlineData("InstrumentationKey=s3cret;IngestionEndpoint=\"https://127.0.0.1:9/\"", "cannot be read")]
    [InlineData("InstrumentationKey=s3cret;IngestionEndpoint=nowhere", "cannot be read")]
    [InlineData("InstrumentationKey=s3cret;EndpointSuffix=no where", "cannot be read")]
    [InlineData("InstrumentationKey=s3cret;LiveEndpoint=nowhere", "cannot be read")]
    [InlineData("AccountName=a;AccountKey=s3cret==;EndpointSuffix=core.windows.net", "cannot be read")]
    [InlineData("InstrumentationKey= ", "has no InstrumentationKey")]
    [InlineData("InstrumentationKey=s3cret;IngestionEndpoint=/nowhere", "names no http or https URL as its IngestionEndpoint")]
    [InlineData("InstrumentationKey=s3cret;ingestionEndpoint=ftp://127.0.0.1:9/", "names no http or https URL as its IngestionEndpoint")]
    public async Task Telemetry_that_goes_nowhere_is_told_and_ends_no_worker(string connectionString, string said)
    {
        using var log = new CapturedLog();
        await using var services = App(log, ("APPLICATIONINSIGHTS_CONNECTION_STRING", connectionString));
        using var app = new TestApp { Setup = services.GetRequiredService<AppSetup>() };

        await StartAsync(services);
        var (health, status, resync) = (await app.HealthAsync(), await app.StatusAsync(), await app.ResyncAsync());

        Assert.Equal((503, 200, 202), (health.Status, status.Status, resync.Status));
        Assert.Contains("The app runs, and not as it should", health.Text, StringComparison.Ordinal);
        var told = Assert.Single(status.Json.GetProperty("setup").EnumerateArray()).GetString()!;
        Assert.StartsWith($"APPLICATIONINSIGHTS_CONNECTION_STRING {said}, so telemetry goes nowhere", told, StringComparison.Ordinal);
        Assert.Contains(log.Lines, line => line.TrimEnd() == $"Error: {told}");
        Assert.DoesNotContain("s3cret", status.Text + health.Text + string.Join('\n', log.Lines), StringComparison.Ordinal);
    }

    /// <summary>The platform's own reader ends the worker over one.</summary>
    [Fact]
    public async Task Levels_of_logging_that_nobody_knows_are_told_and_do_not_count()
    {
        using var log = new CapturedLog();
        var settings = new ConfigurationManager();
        settings.AddInMemoryCollection(
            Good.Concat([("Logging:LogLevel:Default", "Loud"), ("Logging:Console:LogLevel:Imgsync", " "), ("Logging:LogLevel:Quiet", "error")])
                .Select(one => KeyValuePair.Create(one.Item1, (string?)one.Item2)));

        var setup = AppSetup.Add(new ServiceCollection(), settings);
        await using var services = new ServiceCollection()
            .AddLogging(logging => logging.AddConfiguration(settings.GetSection("Logging")).AddProvider(log)).BuildServiceProvider();
        var loggers = services.GetRequiredService<ILoggerFactory>();

        Assert.StartsWith(
            "Logging__LogLevel__Default is \"Loud\", Logging__Console__LogLevel__Imgsync is \" \": no such level is known",
            Assert.Single(setup.Complaints), StringComparison.Ordinal);
        Assert.True(loggers.CreateLogger("Imgsync").IsEnabled(LogLevel.Information));
        Assert.False(loggers.CreateLogger("Quiet").IsEnabled(LogLevel.Warning));
    }

    [Theory]
    [InlineData("0 0 */6 * * *")]
    [InlineData("*/5 * * * *")]
    [InlineData("0 30 9 * Jan Mon")]
    [InlineData("06:00:00")]
    public async Task A_good_app_is_healthy_and_says_nothing(string schedule)
    {
        await using var services = App(new CapturedLog(), ("IMGSYNC_SCHEDULE", schedule));
        using var app = new TestApp { Setup = services.GetRequiredService<AppSetup>() };

        var (health, status) = (await app.HealthAsync(), await app.StatusAsync());

        Assert.Equal((200, "healthy"), (health.Status, health.Json.GetProperty("status").GetString()));
        Assert.False(status.Json.TryGetProperty("setup", out _));
    }

    [Fact]
    public void An_app_without_a_cloud_says_so()
    {
        var setup = AppSetup.Add(new ServiceCollection(), new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("IMGSYNC_SCHEDULE", (string?)"0 0 0 * * *")]).Build());

        Assert.StartsWith("No cloud is configured", Assert.Single(setup.Faults), StringComparison.Ordinal);
    }

    /// <summary>One wrong word in the list stops no other image.</summary>
    [Fact]
    public async Task A_distribution_that_is_not_known_is_part_of_the_run_and_fails_alone()
    {
        await using var services = App(new CapturedLog(), ("Imgsync:Distributions:1", "debain13"));

        var plan = services.GetRequiredService<RunPlanner>().Plan(new RunRequest());

        Assert.True(services.GetRequiredService<AppSetup>().IsUsable);
        Assert.Equal(["debian12", "debain13"], plan.Select(planned => planned.Distribution));
    }

    private static async Task StartAsync(ServiceProvider services)
    {
        foreach (var service in services.GetServices<IHostedService>())
            await service.StartAsync(Cancel);
    }

    private static ServiceProvider App(CapturedLog log, params (string Name, string Value)[] changed)
    {
        var settings = Good.Concat(changed).GroupBy(one => one.Name, StringComparer.Ordinal)
            .Select(one => KeyValuePair.Create(one.Key, (string?)one.Last().Value));
        var appSettings = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(log));
        AppSetup.Add(services, appSettings);
        return services
            .AddTelemetry(appSettings)
            .AddRuns(HostLimits.Read("none.json", appSettings))
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }
}

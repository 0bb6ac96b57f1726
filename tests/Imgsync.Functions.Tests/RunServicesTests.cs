using System.Reflection;
using Imgsync.Functions.Setup;
using Imgsync.Functions.Workflow;
using Imgsync.Testing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Imgsync.Functions.Tests;

public sealed class RunServicesTests
{
    [Theory]
    [InlineData(typeof(SyncActivities))]
    [InlineData(typeof(SyncTimer))]
    [InlineData(typeof(Resync))]
    [InlineData(typeof(Runs))]
    [InlineData(typeof(Health))]
    [InlineData(typeof(Metrics))]
    [InlineData(typeof(Dashboard))]
    public async Task Every_class_with_functions_gets_what_it_asks_for(Type functions)
    {
        await using var provider = App();

        Assert.NotNull(ActivatorUtilities.CreateInstance(provider, functions));
    }

    [Fact]
    [Shows("every-route-asks-for-a-key")]
    public void Every_route_but_the_one_that_tells_nothing_asks_for_a_key()
    {
        var triggers = typeof(Runs).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetParameters())
            .Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>())
            .OfType<HttpTriggerAttribute>()
            .ToList();

        Assert.Equal(
            ["dashboard", "health", "metrics", "resync", "runs/{id}", "runs/{id}/cancel", "status"], triggers.Select(trigger => trigger.Route).Order(StringComparer.Ordinal));
        Assert.Equal("health", Assert.Single(triggers, trigger => trigger.AuthLevel is AuthorizationLevel.Anonymous).Route);
        Assert.All(
            triggers.Where(trigger => trigger.Route is not "health"), trigger => Assert.True(trigger.AuthLevel is AuthorizationLevel.Function or AuthorizationLevel.Admin, trigger.Route));
    }

    [Fact]
    public async Task What_is_questionable_about_the_settings_is_logged_when_the_host_starts()
    {
        using var log = new CapturedLog();
        await using var provider = App(
            log,
            ("Imgsync:Clouds:0:Auth:AuthUrl", "https://keystone.example.org:5000/v3"),
            ("Imgsync:Clouds:0:Auth:Username", "imgsync"),
            ("Imgsync:Clouds:0:Auth:Password", "secret"),
            ("Imgsync:Clouds:0:Auth:ProjectName", "images"),
            ("Imgsync:Clouds:0:Auth:DomainName", "images"));

        foreach (var service in provider.GetServices<IHostedService>())
            await service.StartAsync(TestContext.Current.CancellationToken);

        Assert.Contains(log.Lines, line => line.StartsWith("Warning: The cloud 'default' names several scopes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_budget_that_the_hosts_time_out_leaves_no_room_for_is_warned_of_when_the_host_starts()
    {
        using var log = new CapturedLog();
        await using var provider = App(log, ("AzureFunctionsJobHost:functionTimeout", "00:05:00"));

        foreach (var service in provider.GetServices<IHostedService>())
            await service.StartAsync(TestContext.Current.CancellationToken);

        var warning = Assert.Single(
            log.Lines, line => line.StartsWith("Warning: workflow.activityBudget is 8 min", StringComparison.Ordinal));
        Assert.Contains("functionTimeout 5 min", warning, StringComparison.Ordinal);
    }

    private static ServiceProvider App(CapturedLog? log = null, params (string Name, string Value)[] settings)
    {
        var appSettings = new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(one => KeyValuePair.Create(one.Name, (string?)one.Value))).Build();
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(log ?? new CapturedLog()));
        AppSetup.Add(services, appSettings);
        return services
            .AddTelemetry(appSettings)
            .AddRuns(HostLimits.Read("none.json", appSettings))
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }
}

using System.Text.Json;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Configuration.Sources;
using Imgsync.Functions.Setup;
using Microsoft.Extensions.Configuration;

namespace Imgsync.Functions.Tests;

public sealed class HostFilesTests
{
    [Fact]
    public void The_host_may_work_longer_than_one_activity_budget()
    {
        using var host = Read("host.json");
        using var settings = Read("local.settings.sample.json");

        var timeout = TimeSpan.Parse(host.RootElement.GetProperty("functionTimeout").GetString()!, null);
        var budget = TimeSpan.Parse(
            settings.RootElement.GetProperty("Values").GetProperty("Imgsync__Workflow__ActivityBudget").GetString()!, null);

        Assert.True(timeout >= budget + TimeSpan.FromMinutes(1), $"{timeout} leaves no time to end an activity of {budget} well.");
    }

    [Fact]
    public void The_sample_runs_as_many_activities_at_once_as_one_instance_works_on()
    {
        var host = HostLimits.Read(Path.Combine(AppContext.BaseDirectory, "host.json"), new ConfigurationBuilder().Build());

        Assert.NotNull(host.ActivitiesAtOnce);
        Assert.Equal(host.ActivitiesAtOnce, Load(Sample()).Options.MaxParallel);
        Assert.Equal(host.ActivitiesAtOnce, new ImgsyncOptions().MaxParallel);
    }

    [Fact]
    public void An_idle_host_does_not_log_each_request_to_storage()
    {
        using var host = Read("host.json");

        var levels = host.RootElement.GetProperty("logging").GetProperty("logLevel");

        Assert.All(
            ["Azure", "Azure.Core", "System.Net.Http"], category => Assert.Equal("Warning", levels.GetProperty(category).GetString()));
    }

    [Fact]
    public void The_workflow_is_traced_in_the_version_that_our_spans_can_join()
    {
        using var host = Read("host.json");

        var tracing = host.RootElement.GetProperty("extensions").GetProperty("durableTask").GetProperty("tracing");

        Assert.True(tracing.GetProperty("distributedTracingEnabled").GetBoolean());
        Assert.Equal("V2", tracing.GetProperty("version").GetString());
    }

    [Fact]
    public void The_sample_settings_have_what_the_platform_needs()
    {
        using var settings = Read("local.settings.sample.json");

        var values = settings.RootElement.GetProperty("Values");

        Assert.Equal("0 0 */6 * * *", values.GetProperty("IMGSYNC_SCHEDULE").GetString());
        Assert.Equal("dotnet-isolated", values.GetProperty("FUNCTIONS_WORKER_RUNTIME").GetString());
        Assert.Equal("UseDevelopmentStorage=true", values.GetProperty("AzureWebJobsStorage").GetString());
        Assert.All(values.EnumerateObject(), value => Assert.Equal(JsonValueKind.String, value.Value.ValueKind));
    }

    [Fact]
    public void The_sample_settings_are_understood_to_the_last_key()
    {
        var options = Load(Sample()).Options;

        Assert.Equal(["debian12", "ubuntu24"], options.Distributions);
        Assert.Equal(
            ("default", "images", "put the password here"),
            (options.Clouds[0].Name, options.Clouds[0].Auth.ProjectName, options.Clouds[0].Auth.Password?.Reveal()));
        Assert.Equal("UseDevelopmentStorage=true", options.Staging.ConnectionString?.Reveal());
        Assert.Equal(TimeSpan.FromMinutes(8), options.Workflow.ActivityBudget);
    }

    [Fact]
    public void A_misspelt_key_in_the_sample_would_be_told()
    {
        var settings = Sample();
        settings["Imgsync:Workflow:ActivityBuget"] = "00:08:00";

        var refused = Assert.Throws<ConfigurationException>(() => Load(settings));

        Assert.Contains("Imgsync__Workflow__ActivityBuget", Assert.Single(refused.Faults), StringComparison.Ordinal);
    }

    /// <summary>Without a warning: a sample gives no cause for one.</summary>
    private static ImgsyncConfiguration Load(Dictionary<string, string?> settings)
    {
        var loaded = OptionsLoader.Load(
            new ConfigurationSources { AppSettings = new ConfigurationBuilder().AddInMemoryCollection(settings).Build() });
        Assert.Empty(loaded.Warnings);
        return loaded;
    }

    /// <summary>As Core Tools hands it on: by way of the environment, whose two underscores are a colon.</summary>
    private static Dictionary<string, string?> Sample()
    {
        using var settings = Read("local.settings.sample.json");
        return settings.RootElement.GetProperty("Values").EnumerateObject()
            .ToDictionary(
                setting =>
                    setting.Name.Replace("__", ":", StringComparison.Ordinal), setting =>
                        setting.Value.GetString(), StringComparer.OrdinalIgnoreCase);
    }

    private static JsonDocument Read(string name) => JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, name)));
}

using System.Text.Json;

namespace Imgsync.Functions.Tests;

public sealed class HostFilesTests
{
    [Fact]
    public void The_host_may_work_longer_than_one_activity_budget()
    {
        using var host = Read("host.json");
        using var settings = Read("local.settings.sample.json");

        var timeout = TimeSpan.Parse(host.RootElement.GetProperty("functionTimeout").GetString()!, null);
        var budget = TimeSpan.Parse(settings.RootElement.GetProperty("Values").GetProperty("Imgsync__Workflow__ActivityBudget").GetString()!, null);

        Assert.True(timeout >= budget + TimeSpan.FromMinutes(1), $"{timeout} leaves no time to end an activity of {budget} well.");
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

    private static JsonDocument Read(string name) => JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, name)));
}

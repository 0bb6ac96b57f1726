using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Functions.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace Imgsync.Functions.Tests;

public sealed class RunServicesTests
{
    [Theory]
    [InlineData(typeof(SyncActivities))]
    [InlineData(typeof(SyncTimer))]
    [InlineData(typeof(Resync))]
    [InlineData(typeof(Runs))]
    public async Task Every_class_with_functions_gets_what_it_asks_for(Type functions)
    {
        await using var provider = App(new Dictionary<string, string?>(StringComparer.Ordinal));

        Assert.NotNull(ActivatorUtilities.CreateInstance(provider, functions));
    }

    [Fact]
    public async Task Without_a_connection_string_telemetry_goes_nowhere()
    {
        await using var provider = App(new Dictionary<string, string?>(StringComparer.Ordinal) { ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = "" });

        Assert.Null(provider.GetService<TracerProvider>());
    }

    [Fact]
    public async Task With_a_connection_string_there_is_a_tracer_provider()
    {
        await using var provider = App(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = "InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=http://127.0.0.1:9/",
        });

        Assert.NotNull(provider.GetService<TracerProvider>());
    }

    private static ServiceProvider App(Dictionary<string, string?> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        return new ServiceCollection()
            .AddLogging()
            .AddImgsync(new ImgsyncOptions(), Path.Combine(Path.GetTempPath(), "imgsync-never-made"))
            .AddTelemetry(configuration)
            .AddRuns()
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }
}

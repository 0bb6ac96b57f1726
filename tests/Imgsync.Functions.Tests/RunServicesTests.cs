using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Functions.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

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
        await using var provider = App();

        Assert.NotNull(ActivatorUtilities.CreateInstance(provider, functions));
    }

    private static ServiceProvider App() => new ServiceCollection()
        .AddLogging()
        .AddImgsync(new ImgsyncOptions(), Path.Combine(Path.GetTempPath(), "imgsync-never-made"))
        .AddTelemetry(new ConfigurationBuilder().Build())
        .AddRuns()
        .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
}

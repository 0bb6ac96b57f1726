using Imgsync.Core;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Configuration.Sources;
using Imgsync.Core.Http;
using Imgsync.Functions;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

EnvironmentProxy.Use(Environment.GetEnvironmentVariable);
var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Logging.AddQuiet();

var configuration = OptionsLoader.Load(new ConfigurationSources { AppSettings = builder.Configuration });
builder.Services
    .AddImgsync(configuration.Options, stagingFolder: Path.Combine(Path.GetTempPath(), "imgsync"))
    .AddTelemetry(builder.Configuration)
    .AddRuns(configuration, HostLimits.Read(Path.Combine(AppContext.BaseDirectory, "host.json"), builder.Configuration));
await builder.Build().RunAsync();

using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Functions;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();

var options = OptionsLoader.Load(new ConfigurationSources { AppSettings = builder.Configuration }).Options;
builder.Services
    .AddImgsync(options, stagingFolder: Path.Combine(Path.GetTempPath(), "imgsync"))
    .AddTelemetry(builder.Configuration)
    .AddRuns();
await builder.Build().RunAsync();

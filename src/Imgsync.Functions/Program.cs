using Imgsync.Core.Http;
using Imgsync.Functions;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

EnvironmentProxy.Use(Environment.GetEnvironmentVariable);
var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Logging.AddQuiet();

AppSetup.Add(builder.Services, builder.Configuration);
builder.Services
    .AddTelemetry(builder.Configuration)
    .AddRuns(HostLimits.Read(Path.Combine(AppContext.BaseDirectory, "host.json"), builder.Configuration));
await builder.Build().RunAsync();

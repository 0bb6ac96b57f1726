using Imgsync.Core.Http;
using Imgsync.Functions;
using Imgsync.Functions.Setup;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

EnvironmentProxy.Use(Environment.GetEnvironmentVariable);
var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Logging.AddQuiet();
// Only the host talks to this server, and tells it where to listen: settings for others, such as Kestrel__Endpoints, are not read.
builder.Services.Configure<KestrelServerOptions>(server => server.Configure());

AppSetup.Add(builder.Services, builder.Configuration);
builder.Services
    .AddTelemetry(builder.Configuration)
    .AddRuns(HostLimits.Read(Path.Combine(AppContext.BaseDirectory, "host.json"), builder.Configuration));
await builder.Build().RunAsync();

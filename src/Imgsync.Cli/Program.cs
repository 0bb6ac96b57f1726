using Imgsync.Cli;
using Imgsync.Core.Http;

EnvironmentProxy.Use(Environment.GetEnvironmentVariable);
return await ImgsyncProgram.RunAsync(args);

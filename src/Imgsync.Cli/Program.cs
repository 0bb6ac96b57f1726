using Imgsync.Cli;

return await ImgsyncProgram.RunAsync(args);

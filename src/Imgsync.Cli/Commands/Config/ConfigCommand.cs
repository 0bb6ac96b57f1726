using System.CommandLine;

namespace Imgsync.Cli.Commands.Config;

/// <summary><c>imgsync config</c>: the settings themselves.</summary>
internal static class ConfigCommand
{
    public static Command Create(SharedOptions shared, Terminal terminal) => new("config", "Shows, checks or imports the settings.")
    {
        ConfigShowCommand.Create(shared, terminal),
        ConfigCheckCommand.Create(shared, terminal),
        ConfigImportCommand.Create(terminal),
    };
}

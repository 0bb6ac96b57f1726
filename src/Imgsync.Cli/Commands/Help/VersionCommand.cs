using System.CommandLine;
using System.Reflection;

namespace Imgsync.Cli.Commands.Help;

/// <summary><c>imgsync version</c>: what <c>imgsync --version</c> says.</summary>
internal static class VersionCommand
{
    /// <summary>With the commit behind a <c>+</c>.</summary>
    public static string Version { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public static Command Create(Terminal terminal)
    {
        var command = new Command("version", "Shows the version.");
        command.SetAction(_ =>
        {
            terminal.Answer(Version);
            return ExitCode.Good;
        });
        return command;
    }
}

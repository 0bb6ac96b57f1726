using System.CommandLine;
using Imgsync.Cli.CommandLine;

namespace Imgsync.Cli.Commands.Help;

/// <summary><c>imgsync man</c>: the man page, for packages and for <c>imgsync man | man -l -</c>.</summary>
internal static class ManCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("man", "Writes the man page.");
        command.SetAction(parsed =>
        {
            terminal.AnswerRaw(ManPage.Write((RootCommand)parsed.RootCommandResult.Command).TrimEnd('\n'));
            return ExitCode.Good;
        });
        return command;
    }
}

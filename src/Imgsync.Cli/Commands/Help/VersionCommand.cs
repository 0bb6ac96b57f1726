using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Imgsync.Cli.Display.Answers;

namespace Imgsync.Cli.Commands.Help;

/// <summary><c>imgsync version</c>: what <c>imgsync --version</c> says.</summary>
internal static class VersionCommand
{
    /// <summary>With the commit behind a <c>+</c>.</summary>
    public static string Version { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var command = new Command("version", "Shows the version.") { shared.Json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(shared.Json))
                JsonAnswer.Show(terminal, Answer.Current, AnswerJson.Default.Answer);
            else
                terminal.Answer(Version);
            return ExitCode.Good;
        });
        return command;
    }

    /// <param name="Version">By Semantic Versioning.</param>
    /// <param name="Commit">What it was built of; null where that is not known.</param>
    /// <param name="Platform">What it was built for: <c>linux-x64</c>.</param>
    internal sealed record Answer(string Version, string? Commit, string Platform)
    {
        public static Answer Current { get; } = VersionCommand.Version.Split('+', 2) is [var version, var commit]
            ? new Answer(version, commit, RuntimeInformation.RuntimeIdentifier)
            : new Answer(VersionCommand.Version, Commit: null, RuntimeInformation.RuntimeIdentifier);
    }
}

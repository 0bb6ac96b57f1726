using System.CommandLine;
using Imgsync.Cli.Display;
using Imgsync.Cli.Display.Answers;
using Imgsync.Core.Checking;

namespace Imgsync.Cli.Commands.Config;

/// <summary><c>imgsync config check</c>: whether a run could do its work, without doing it.</summary>
internal static class ConfigCheckCommand
{
    private static readonly Column[] Columns =
    [
        new("area", Weight: 2),
        "subject",
        "step",
        new("result") { Tone = Words.Tone },
        new("what was found", Weight: 7) { IsText = true },
    ];

    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var command = new Command(
            "check",
            "Validates the settings, signs in to every cloud, tries the permissions on a private image of one byte that it removes again, "
                + "and reads from every publisher.")
        {
            shared.Cloud, shared.Json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = Session.Open(shared.Sources(parsed), terminal);
            var report = await session.Get<SetupCheck>().RunAsync(parsed.GetValue(shared.Cloud) ?? [], cancellationToken);
            return CheckAnswer.Show(terminal, parsed.GetValue(shared.Json), report, Columns, Row);
        });
        return command;
    }

    private static string[] Row(CheckResult check) =>
        [check.Area, check.Subject, check.Step, check.IsGood ? "ok" : "FAILED", check.IsGood ? check.Detail : "see below"];
}

using System.CommandLine;
using Imgsync.Cli.Display;
using Imgsync.Cli.Display.Answers;
using Imgsync.Core.Checking;

namespace Imgsync.Cli.Commands.Notify;

/// <summary><c>imgsync notify</c>: who is told of runs.</summary>
internal static class NotifyCommand
{
    private static readonly Column[] Columns =
    [
        "receiver",
        new("result") { Tone = Words.Tone },
        new("what came back", Weight: 7) { IsText = true },
    ];

    public static Command Create(SharedOptions shared, Terminal terminal) => new("notify", "Is about the receivers of messages.")
    {
        CreateTest(shared, terminal),
    };

    /// <summary><c>imgsync notify test</c></summary>
    private static Command CreateTest(SharedOptions shared, Terminal terminal)
    {
        var command = new Command("test", "Sends every receiver of the settings a message that says that nothing has happened.")
        {
            shared.Json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = Session.Open(shared.Sources(parsed), terminal);
            var report = await session.Get<ReceiverCheck>().SendSamplesAsync(cancellationToken);
            return CheckAnswer.Show(terminal, parsed.GetValue(shared.Json), report, Columns, Row);
        });
        return command;
    }

    private static string[] Row(CheckResult check) =>
        [check.Subject, check.IsGood ? "ok" : "FAILED", check.IsGood ? check.Detail : "see below"];
}

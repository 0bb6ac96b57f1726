using System.CommandLine;
using System.CommandLine.Parsing;
using Imgsync.Cli.Display;
using Imgsync.Cli.Display.Answers;
using Imgsync.Cli.Display.Live;
using Imgsync.Core.Runs;
using Imgsync.Core.Sync;

namespace Imgsync.Cli.Commands;

/// <summary><c>imgsync plan</c>: what <c>imgsync sync</c> would do now.</summary>
internal static class PlanCommand
{
    private const string DetailedExitCode = "--detailed-exitcode";

    /// <summary>Whether the exit code is to say if there is anything to do.</summary>
    public static bool IsDetailed(ParseResult parsed) => parsed.GetResult(DetailedExitCode) is OptionResult { Implicit: false };

    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var keys = KeysArgument.Create(shared, "Distributions to plan for; default: those of the configuration.");
        var force = new Option<bool>("--force") { Description = "Plan to publish again even what is up to date." };
        var detailed = new Option<bool>(DetailedExitCode)
        {
            Description = "End with 0 when nothing is to be done, with 2 when something is, and with 1 after an error.",
        };

        var command = new Command("plan", "Says what imgsync sync would do now; changes nothing and moves no image bytes.")
        {
            keys,
            shared.Filter,
            shared.Cloud,
            force,
            detailed,
            shared.Json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = Session.Open(shared.Sources(parsed), terminal);
            var request = new RunRequest
            {
                Distributions = parsed.GetValue(keys) ?? [],
                Only = shared.Only(parsed, session),
                Clouds = parsed.GetValue(shared.Cloud) ?? [],
                DryRun = true,
                Force = parsed.GetValue(force),
            };

            var planned = session.Get<RunPlanner>().Plan(request);
            var report = await ProgressDisplay.ShowAsync(
                terminal, planned, progress => session.Get<SyncRun>().RunAsync(request, progress, cancellationToken));
            RunAnswer.Show(report, parsed.GetValue(shared.Json), terminal);
            cancellationToken.ThrowIfCancellationRequested();
            return !report.IsGood ? ExitCode.SomeFailed
                : parsed.GetValue(detailed) && DryRunList.HasActions(report) ? ExitCode.ChangesPending
                : ExitCode.Good;
        });
        return command;
    }
}

using System.CommandLine;
using Imgsync.Cli.Display.Answers;
using Imgsync.Cli.Display.Live;
using Imgsync.Core.Runs;
using Imgsync.Core.Sync;

namespace Imgsync.Cli.Commands;

/// <summary><c>imgsync sync</c>: the main job.</summary>
internal static class SyncCommand
{
    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var keys = KeysArgument.Create(shared, "Distributions to bring up to date; default: those of the configuration.");
        var dryRun = new Option<bool>("--dry-run", "-n") { Description = "Say what would be done, change nothing, move no image bytes." };
        var downloadOnly = new Option<bool>("--download-only")
        {
            Description = "Stop once the images are verified and staged; no cloud is needed.",
        };
        var force = new Option<bool>("--force") { Description = "Publish again even what is up to date." };

        var command = new Command("sync", "Brings the newest official images into Glance.")
        {
            keys,
            shared.Filter,
            shared.Cloud,
            dryRun,
            downloadOnly,
            force,
            shared.Json,
            shared.JsonLines,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var sources = shared.Sources(parsed);

            // What a person mistypes, the person sees.
            var isTold = sources.CommandLine.Count == 0 && !parsed.GetValue(dryRun);
            await using var session = await Session.OpenAsync(sources, isTold, terminal, cancellationToken);
            var request = new RunRequest
            {
                Distributions = parsed.GetValue(keys) ?? [],
                Only = shared.Only(parsed, session),
                Clouds = parsed.GetValue(shared.Cloud) ?? [],
                DryRun = parsed.GetValue(dryRun),
                DownloadOnly = parsed.GetValue(downloadOnly),
                Force = parsed.GetValue(force),
            };

            if (parsed.GetValue(shared.JsonLines))
            {
                var events = new RunEvents(terminal, session.Get<TimeProvider>());
                var told = await session.Get<SyncRun>().RunAsync(request, events, cancellationToken);
                events.End(told);
                cancellationToken.ThrowIfCancellationRequested();
                return told.IsGood ? ExitCode.Good : ExitCode.SomeFailed;
            }

            var report = await ProgressDisplay.ShowAsync(
                terminal, session.Get<RunPlanner>().Wanted(request),
                progress => session.Get<SyncRun>().RunAsync(request, progress, cancellationToken));
            RunAnswer.Show(report, parsed.GetValue(shared.Json), terminal);
            cancellationToken.ThrowIfCancellationRequested();
            return report.IsGood ? ExitCode.Good : ExitCode.SomeFailed;
        });
        return command;
    }
}

using System.CommandLine;
using Imgsync.Cli.CommandLine;
using Imgsync.Cli.Commands;
using Imgsync.Cli.Commands.Catalog;
using Imgsync.Cli.Commands.Config;
using Imgsync.Cli.Commands.Help;
using Imgsync.Cli.Commands.Notify;
using Imgsync.Cli.Commands.Status;
using Imgsync.Cli.Display.Answers;
using Imgsync.Core;

namespace Imgsync.Cli;

/// <summary>The command line: parse, run one command, turn its ending into an exit code.</summary>
internal static class ImgsyncProgram
{
    public static async Task<int> RunAsync(string[] args)
    {
        using var terminal = new Terminal();
        var shared = new SharedOptions();
        var root = Root(shared, terminal);
        var understood = OldCommandLine.Translate(args);
        var parsed = root.Parse(understood);
        if (parsed.Errors.Count > 0)
            return Complain(parsed, terminal);

        terminal.Verbose = parsed.GetValue(shared.Verbose);
        terminal.Quiet = parsed.GetValue(shared.Quiet);
        terminal.WithoutProgress = parsed.GetValue(shared.NoProgress);
        terminal.Color = parsed.GetValue(shared.Color);
        if (!ReferenceEquals(understood, args))
            terminal.Tell(
                $"imgsync: understood as the older tool's command line; the new form is: imgsync {OldCommandLine.Quoted(understood)}");
        return await InvokeAsync(parsed, terminal);
    }

    /// <summary>The program with all its commands. Alone it explains itself.</summary>
    public static RootCommand Root(SharedOptions shared, Terminal terminal)
    {
        var root = new RootCommand(
            "Keeps an OpenStack cloud's images current: finds the newest official images, verifies them and publishes them in Glance.")
        {
            SyncCommand.Create(shared, terminal),
            PlanCommand.Create(shared, terminal),
            ServeCommand.Create(shared, terminal),
            ListCommand.Create(shared, terminal),
            ResolveCommand.Create(shared, terminal),
            ImagesCommand.Create(shared, terminal),
            VerifyCommand.Create(shared, terminal),
            StatusCommand.Create(shared, terminal),
            RunsCommand.Create(shared, terminal),
            MetricsCommand.Create(shared, terminal),
            ReportCommand.Create(shared, terminal),
            ConfigCommand.Create(shared, terminal),
            NotifyCommand.Create(shared, terminal),
            CatalogCommand.Create(shared, terminal),
            CompletionCommand.Create(terminal),
            CompletionCommand.CreateCandidates(terminal),
            HelpCommand.Create(),
            ManCommand.Create(terminal),
            VersionCommand.Create(shared, terminal),
        };
        root.Add(shared.Config);
        root.Add(shared.Set);
        root.Add(shared.Verbose);
        root.Add(shared.Quiet);
        root.Add(shared.NoProgress);
        root.Add(shared.Color);
        root.SetAction(parsed => HelpPage.Show(parsed, root));
        HelpPage.Arrange(root);
        Completions.Teach(shared);
        return root;
    }

    private static int Complain(ParseResult parsed, Terminal terminal)
    {
        var faults = UsageErrors.Of(parsed);
        foreach (var fault in faults)
            terminal.Complain(fault);
        var path = Examples.Path(parsed.CommandResult.Command);
        terminal.Complain($"Run imgsync {(path is "" ? "" : $"{path} ")}--help to see what can be asked.");
        FailureAnswer.Show(parsed, terminal, "usage", faults);
        return ExitCode.Usage;
    }

    private static async Task<int> InvokeAsync(ParseResult parsed, Terminal terminal)
    {
        using var interrupt = new Interrupt(terminal);
        using var export = TelemetryExport.Start(parsed, terminal);
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interrupt.Token);
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            terminal.Complain("Interrupted.");
            FailureAnswer.Show(parsed, terminal, FailureKind.Cancelled, ["Interrupted."]);
            return ExitCode.Interrupted;
        }
        catch (ConfigurationException wrong)
        {
            foreach (var fault in wrong.Faults)
                terminal.Complain(fault);
            FailureAnswer.Show(parsed, terminal, FailureKind.Of(wrong), wrong.Faults);
            return PlanCommand.IsDetailed(parsed) ? ExitCode.SomeFailed : ExitCode.Usage; // there, 2 means that something is to be done
        }
        catch (ImgsyncException failure)
        {
            terminal.Complain(failure.Message, failure);
            FailureAnswer.Show(parsed, terminal, FailureKind.Of(failure), [failure.Message]);
            return interrupt.Token.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.SomeFailed;
        }
        catch (Exception unforeseen)
        {
            var sentence = $"Something unforeseen went wrong ({unforeseen.GetType().Name}: {unforeseen.Message}); run again with -v "
                + "and report it.";
            terminal.Complain(sentence, unforeseen);
            FailureAnswer.Show(parsed, terminal, FailureKind.Unforeseen, [sentence]);
            return ExitCode.SomeFailed;
        }
    }
}

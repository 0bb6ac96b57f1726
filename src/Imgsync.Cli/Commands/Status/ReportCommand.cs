using System.CommandLine;
using Imgsync.Cli.Commands.Help;
using Imgsync.Core.Reporting;
using Imgsync.Core.Reporting.Page;
using Imgsync.Core.Runs;

namespace Imgsync.Cli.Commands.Status;

/// <summary><c>imgsync report</c>: how things stand, as a page for a browser.</summary>
internal static class ReportCommand
{
    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var html = new Option<string>("--html")
        {
            Description = "Write one HTML file that needs nothing else, whole or not at all; an older one is replaced. - is standard "
                + "output.",
            HelpName = "FILE",
            Required = true,
        };
        var command = new Command("report", "Writes how every image stands as a page for a browser; needs no cloud.") { html };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var target = parsed.GetValue(html)!;
            await using var session = Session.Open(shared.Sources(parsed), terminal);
            var figures = await session.Get<FigureReader>().ReadAsync(cancellationToken);
            var plan = await session.Get<ReportStore>().FindLastAsync(cancellationToken);
            new Documents(terminal, overwrite: true, [target]).Write(
                target, StatusPage.Of(figures, plan, VersionCommand.Version), isSecret: false);
            return ExitCode.Good;
        });
        return command;
    }
}

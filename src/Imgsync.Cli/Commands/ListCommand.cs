using System.CommandLine;
using Imgsync.Cli.Display;
using Imgsync.Core.Catalog;

namespace Imgsync.Cli.Commands;

/// <summary><c>imgsync list</c>: the catalogue.</summary>
internal static class ListCommand
{
    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var command = new Command("list", "Shows the catalogue: every distribution that can be synced.");
        command.SetAction(async (parsed, _) =>
        {
            await using var session = Session.Open(parsed.GetValue(shared.Config), terminal);
            AnswerTable.Show(
                terminal,
                ["distribution", "title", "architecture", "read from"],
                session.Get<DistributionCatalog>().All.Select(spec => new[]
                {
                    spec.Key, spec.Title, spec.Architecture.InGlance(), spec.Locate(spec.Path + spec.ImageName).AbsoluteUri,
                }));
            return ExitCode.Good;
        });
        return command;
    }
}

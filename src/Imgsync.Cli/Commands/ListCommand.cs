using System.CommandLine;
using Imgsync.Cli.Display;
using Imgsync.Core.Catalog;

namespace Imgsync.Cli.Commands;

/// <summary><c>imgsync list</c>: the catalogue.</summary>
internal static class ListCommand
{
    private static readonly Column[] Columns =
        ["distribution", new("title", Weight: 5), new("architecture", Weight: 3), new("read from", Weight: 2)];

    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var command = new Command("list", "Shows the catalogue: every distribution that can be synced.") { shared.Json };
        command.SetAction(async (parsed, _) =>
        {
            await using var session = Session.Open(shared.Sources(parsed), terminal);
            var listed = session.Get<DistributionCatalog>().All.Select(ListedDistribution.Of).ToList();
            ListAnswer.Show(
                terminal, parsed.GetValue(shared.Json), listed, AnswerJson.Default.Distributions, Columns, one =>
                    [one.Distribution, one.Title, one.Architecture, one.Location]);
            return ExitCode.Good;
        });
        return command;
    }

    /// <param name="Location">Where its moving pointer to the newest image is read.</param>
    internal sealed record ListedDistribution(string Distribution, string Title, string Architecture, string Location)
    {
        public static ListedDistribution Of(DistributionSpec spec) =>
            new(spec.Key, spec.Title, spec.Architecture.InGlance(), spec.Publisher.BaseUrl.AbsoluteUri + spec.Path + spec.ImageName);
    }
}

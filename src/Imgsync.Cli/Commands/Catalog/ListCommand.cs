using System.CommandLine;
using System.Globalization;
using Imgsync.Cli.Display;
using Imgsync.Cli.Display.Answers;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;

namespace Imgsync.Cli.Commands.Catalog;

/// <summary><c>imgsync list</c>: the catalogue.</summary>
internal static class ListCommand
{
    private static readonly Column[] Columns =
    [
        "distribution",
        new("title", Weight: 5),
        new("architecture", Weight: 3),
        new("signed", Weight: 4),
        new("supported until", Weight: 4),
        new("read from", Weight: 2),
        new("not tried against the live site", Weight: 3) { IsText = true },
    ];

    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var command = new Command("list", "Shows the catalogue: every distribution that can be synced.") { shared.Json };
        command.SetAction(async (parsed, _) =>
        {
            await using var session = Session.Open(shared.Sources(parsed), terminal);
            var listed = session.Get<DistributionCatalog>().All
                .OrderBy(spec => spec.Family, StringComparer.Ordinal)
                .Select(ListedDistribution.Of)
                .ToList();
            ListAnswer.Show(
                terminal, parsed.GetValue(shared.Json), listed, AnswerJson.Default.Distributions, Columns, one =>
                    [
                        one.Distribution, one.Title, one.Architecture, one.Signed ? "yes" : "no",
                        one.SupportedUntil?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "-", one.Location,
                        one.Unconfirmed ?? "",
                    ]);
            return ExitCode.Good;
        });
        return command;
    }

    /// <param name="Location">Where its moving pointer to the newest image is read.</param>
    /// <param name="Signed">Whether nothing of it is used without a signature of its publisher's.</param>
    /// <param name="SupportedUntil">By its publisher; null where that is not known.</param>
    /// <param name="Unconfirmed">What of the entry nobody has tried against the live site; null for nothing.</param>
    internal sealed record ListedDistribution(
        string Distribution, string Family, string Title, string Architecture, bool Signed, DateOnly? SupportedUntil, string Location,
        string? Unconfirmed)
    {
        public static ListedDistribution Of(DistributionSpec spec) => new(
            spec.Key,
            spec.Family,
            spec.Title,
            spec.Architecture.InGlance(),
            spec.Publisher.Signature is SignaturePolicy.Required,
            spec.EndOfSupport,
            spec.Publisher.BaseUrl.AbsoluteUri + spec.Path + spec.ImageName,
            spec.Unconfirmed);
    }
}

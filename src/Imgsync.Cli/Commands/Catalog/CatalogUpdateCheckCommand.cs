using System.CommandLine;
using Imgsync.Cli.Display;
using Imgsync.Cli.Display.Answers;
using Imgsync.Core.Catalog;
using Imgsync.Core.Checking;

namespace Imgsync.Cli.Commands.Catalog;

/// <summary><c>imgsync catalog update-check</c>: which entries still find an image, for a job that runs every week.</summary>
internal static class CatalogUpdateCheckCommand
{
    private const int AtOnce = 8;

    private static readonly Column[] Columns =
    [
        "distribution",
        "step",
        new("result") { Tone = Words.Tone },
        new("what was found", Weight: 7) { IsText = true },
    ];

    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var keys = KeysArgument.Create(shared, "Distributions to look at; default: the whole catalogue.");
        var command = new Command(
            "update-check", "Looks every entry up at its publisher, reads its image's first byte, and tells which vanished or moved.")
        {
            keys, shared.Filter, shared.Json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = Session.Open(shared.Sources(parsed), terminal);
            var catalog = session.Get<DistributionCatalog>();
            var passes = shared.Filtered(parsed, session);
            var named = parsed.GetValue(keys) is { Length: > 0 } words ? catalog.Select(words) : catalog.All;
            var chosen = named.Where(spec => passes?.Invoke(spec) ?? true).ToList();
            var check = session.Get<UpstreamCheck>();
            var results = new IReadOnlyList<CheckResult>[chosen.Count];
            await Parallel.ForAsync(
                0, chosen.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (place, cancelled) => results[place] = await check.RunAsync(chosen[place].Key, cancelled));
            var report = new CheckReport([.. results.SelectMany(steps => steps)]);
            return CheckAnswer.Show(terminal, parsed.GetValue(shared.Json), report, Columns, Row);
        });
        return command;
    }

    private static string[] Row(CheckResult check) =>
        [check.Subject, check.Step, check.IsGood ? "ok" : "FAILED", check.IsGood ? check.Detail : "see below"];
}

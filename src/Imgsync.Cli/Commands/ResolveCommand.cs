using System.CommandLine;
using Imgsync.Cli.Display;
using Imgsync.Cli.Display.Answers;
using Imgsync.Core;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Planning;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Indexes;

namespace Imgsync.Cli.Commands;

/// <summary><c>imgsync resolve</c>: what upstream offers now; no Glance is needed.</summary>
internal static class ResolveCommand
{
    private static readonly Column[] Columns =
    [
        "distribution",
        "revision",
        new("digest", Weight: 5) { Short = Words.ShortDigest },
        new("provenance", Weight: 6) { IsText = true },
        new("location", Weight: 2),
    ];

    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var keys = KeysArgument.Create(shared, "Distributions to look up; default: those of the configuration, else the whole catalogue.");
        var command = new Command("resolve", "Shows what the publishers offer now; needs no cloud.") { keys, shared.Filter, shared.Json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = Session.Open(shared.Sources(parsed), terminal);
            var passes = shared.Filtered(parsed, session);
            var chosen = Choose(session, parsed.GetValue(keys) ?? []).Where(spec => passes?.Invoke(spec) ?? true);

            var offers = await Task.WhenAll(
                chosen.Select(spec => ResolveAsync(session.Get<ImageResolver>(), spec, terminal, cancellationToken)));
            ResolvedImage[] found = [.. offers.OfType<ResolvedImage>().Select(image => image with { Signature = null })]; // nobody reads it
            ListAnswer.Show(terminal, parsed.GetValue(shared.Json), found, AnswerJson.Default.Offers, Columns, Row);
            var now = session.Get<TimeProvider>().GetUtcNow();
            foreach (var warning in found.Select(image => OfferWarnings.SigningKey(image, now)).OfType<string>())
                terminal.Warn(warning);
            return found.Length == offers.Length ? ExitCode.Good : ExitCode.SomeFailed;
        });
        return command;
    }

    private static IReadOnlyList<DistributionSpec> Choose(Session session, string[] named)
    {
        var catalog = session.Get<DistributionCatalog>();
        var configured = session.Get<ImgsyncOptions>().AllDistributions();
        return named is not [] ? catalog.Select(named) : configured is not [] ? catalog.Select(configured) : [.. catalog.All];
    }

    /// <returns>Null when there is none to be had, which is told.</returns>
    private static async Task<ResolvedImage?> ResolveAsync(
        ImageResolver resolver, DistributionSpec spec, Terminal terminal, CancellationToken cancellationToken)
    {
        try
        {
            return await resolver.ResolveAsync(spec, cancellationToken);
        }
        catch (ImgsyncException failure)
        {
            terminal.Complain($"{spec.Key}: {failure.Message}", failure);
            return null;
        }
    }

    private static string[] Row(ResolvedImage image) =>
        [image.Distribution, image.Revision, image.Digest.ToString(), image.Provenance.ToString(), image.Location.AbsoluteUri];
}

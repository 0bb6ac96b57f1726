using System.CommandLine;
using Imgsync.Cli.Display;
using Imgsync.Core;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Upstream;

namespace Imgsync.Cli.Commands;

/// <summary><c>imgsync resolve</c>: what upstream offers now; no Glance is needed.</summary>
internal static class ResolveCommand
{
    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var keys = KeysArgument.Create("Distributions to look up; default: those of the configuration, else the whole catalogue.");
        var command = new Command("resolve", "Shows what the publishers offer now; needs no cloud.") { keys };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = Session.Open(parsed.GetValue(shared.Config), terminal);
            var catalog = session.Get<DistributionCatalog>();
            var configured = session.Get<ImgsyncOptions>().Distributions;
            var chosen = parsed.GetValue(keys) is { Length: > 0 } named ? catalog.Select(named)
                : configured.Count > 0 ? catalog.Select(configured)
                : [.. catalog.All];

            var answers = await Task.WhenAll(chosen.Select(spec => ResolveAsync(session.Get<ImageResolver>(), spec, cancellationToken)));
            AnswerTable.Show(terminal, ["distribution", "revision", "digest", "provenance", "location"], answers.OfType<string[]>());
            foreach (var failure in answers.OfType<ImgsyncException>())
                terminal.Complain(failure.Message, failure);
            return answers.OfType<ImgsyncException>().Any() ? ExitCode.SomeFailed : ExitCode.Good;
        });
        return command;
    }

    /// <summary>A row, or what kept it from being one.</summary>
    private static async Task<object> ResolveAsync(ImageResolver resolver, DistributionSpec spec, CancellationToken cancellationToken)
    {
        try
        {
            var image = await resolver.ResolveAsync(spec, cancellationToken);
            return new[] { spec.Key, image.Revision, image.Digest.ToString(), image.Provenance.ToString(), image.Location.AbsoluteUri };
        }
        catch (ImgsyncException failure)
        {
            return failure;
        }
    }
}

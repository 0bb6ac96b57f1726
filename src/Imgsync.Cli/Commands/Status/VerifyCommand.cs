using System.CommandLine;
using Imgsync.Cli.Display;
using Imgsync.Cli.Display.Answers;
using Imgsync.Cli.Display.Live;
using Imgsync.Core;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Indexes;

namespace Imgsync.Cli.Commands.Status;

/// <summary><c>imgsync verify</c>: whether every image of ours is what its marks, Glance and its publisher say that it is.</summary>
internal static class VerifyCommand
{
    private static readonly Column[] Columns =
    [
        new("cloud", Weight: 6),
        new("distribution", Weight: 5),
        new("revision", Weight: 4),
        new("result") { Tone = Words.Tone },
        "image",
        new("what was found", Weight: 7) { IsText = true },
        new("id", Weight: 3) { Short = Words.ShortId },
    ];

    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var deep = new Option<bool>("--deep")
        {
            Description = "Read each image back from Glance, hash it, and compare that with its marks and with Glance's digest, too.",
        };
        var command = new Command(
            "verify",
            "Compares every image of ours with its marks, with Glance's digest and with what the publisher offers; changes nothing.")
        {
            shared.Filter, shared.Cloud, deep, shared.Json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = Session.Open(shared.Sources(parsed), terminal);
            var offers = new Offers(session.Get<DistributionCatalog>(), session.Get<ImageResolver>(), terminal);
            var ours = await OursAsync(shared, parsed, session, cancellationToken);
            var found = new List<VerifiedImage>();
            foreach (var (cloud, image) in ours)
                found.Add(await VerifyAsync(cloud.Name, image, offers, cancellationToken));
            if (parsed.GetValue(deep))
                found = await ReadBackAsync([.. ours.Zip(found)], terminal, cancellationToken);

            ListAnswer.Show<VerifiedImage>(
                terminal, parsed.GetValue(shared.Json), found, AnswerJson.Default.Verified, Columns, image =>
                [
                    image.Cloud, image.Distribution ?? "-", image.Revision ?? "-", image.Result, image.Name, image.Finding, image.Id,
                ]);
            return found.TrueForAll(image => image.IsGood) && !offers.HasFailed ? ExitCode.Good : ExitCode.SomeFailed;
        });
        return command;
    }

    /// <summary>Every image of ours that was asked about, with the cloud that it is in.</summary>
    private static async Task<List<(CloudConnection Cloud, GlanceImage Image)>> OursAsync(
        SharedOptions shared, ParseResult parsed, Session session, CancellationToken cancellationToken)
    {
        var directory = session.Get<CloudDirectory>();
        var named = parsed.GetValue(shared.Cloud) ?? [];
        var clouds = named is not [] ? named : [.. session.Get<ImgsyncOptions>().Clouds.Select(cloud => cloud.Name)];
        if (clouds is [])
            throw new ConfigurationException(
                "No cloud is configured: set OS_AUTH_URL and the other OS_* variables, or clouds in the configuration.");

        var only = shared.Only(parsed, session);
        var ours = new List<(CloudConnection, GlanceImage)>();
        foreach (var connection in clouds.Select(directory.Connect))
        {
            var listed = (await ImageListing.ReadAsync(connection, cancellationToken)).All;
            ours.AddRange(listed.Where(image => SharedOptions.Passes(image, only)).Select(image => (connection, image)));
        }

        return ours;
    }

    /// <summary>One after the other: a cloud's store is not to be kept busy by us.</summary>
    private static async Task<List<VerifiedImage>> ReadBackAsync(
        IReadOnlyList<((CloudConnection Cloud, GlanceImage Image) Ours, VerifiedImage Found)> images, Terminal terminal,
        CancellationToken cancellationToken)
    {
        using var display = new ReadingDisplay(terminal, images.Count, images.Sum(image => image.Ours.Image.Size ?? 0));
        var read = new List<VerifiedImage>();
        foreach (var ((cloud, image), found) in images)
        {
            try
            {
                var progress = display.Begin(image, cloud.Name);
                read.Add(found.And(image, await cloud.Download.HashAsync(image.Id, progress, cancellationToken)));
            }
            catch (ImgsyncException failure)
            {
                read.Add(found with { Result = VerifiedImage.Unreadable, Finding = failure.Message });
            }
        }

        return read;
    }

    private static async Task<VerifiedImage> VerifyAsync(
        string cloud, GlanceImage image, Offers offers, CancellationToken cancellationToken) => VerifiedImage.Of(
            cloud,
            image,
            ImageMarks.DistributionOf(image) is { } distribution ? await offers.FindAsync(distribution, cancellationToken) : null);

    /// <summary>What publishers offer, asked once for each distribution.</summary>
    private sealed class Offers(DistributionCatalog catalog, ImageResolver resolver, Terminal terminal)
    {
        private readonly Dictionary<string, ResolvedImage?> _known = new(StringComparer.Ordinal);

        public bool HasFailed { get; private set; }

        /// <returns>Null where the catalogue has no such distribution, or its publisher does not answer, which is told.</returns>
        public async Task<ResolvedImage?> FindAsync(string distribution, CancellationToken cancellationToken)
        {
            if (_known.TryGetValue(distribution, out var known))
                return known;

            try
            {
                known = catalog.TryGet(distribution, out var spec) ? await resolver.ResolveAsync(spec, cancellationToken) : null;
            }
            catch (ImgsyncException failure)
            {
                terminal.Complain($"{distribution}: {failure.Message}", failure);
                HasFailed = true;
            }

            return _known[distribution] = known;
        }
    }
}

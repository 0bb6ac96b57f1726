using System.CommandLine;
using Imgsync.Cli.Display;
using Imgsync.Cli.Display.Answers;
using Imgsync.Cli.Display.Live;
using Imgsync.Core;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
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
                read.Add(Judge(found, image, await cloud.Download.HashAsync(image.Id, progress, cancellationToken)));
            }
            catch (ImgsyncException failure)
            {
                read.Add(found with { Result = VerifiedImage.Unreadable, Finding = failure.Message });
            }
        }

        return read;
    }

    /// <summary>What Glance really holds is compared with what it says that it holds, and with our marks.</summary>
    private static VerifiedImage Judge(VerifiedImage found, GlanceImage image, ContentFacts content)
    {
        var read = found with { Content = content };
        var held = GlanceProof.DigestOf(image);
        if (image.Size != content.Length || (held is not null && held != content[held.Algorithm]))
            return read with
            {
                Result = VerifiedImage.Mismatch,
                Finding = $"Glance hands out {content.Length} bytes with {content[held?.Algorithm ?? DigestAlgorithm.Sha512]}, and says "
                    + $"that it holds {(image.Size is { } size ? $"{size} bytes" : "a content of no known length")} with "
                    + (held?.ToString() ?? "no digest"),
            };

        foreach (var algorithm in Enum.GetValues<DigestAlgorithm>())
        {
            if (ImageMarks.Expected(image, algorithm) is { } mark && mark != content[algorithm]?.Hex)
                return read with
                {
                    Result = VerifiedImage.Mismatch,
                    Finding = $"Glance hands out {content[algorithm]}, and its mark says {mark}",
                };
        }

        return read with { Finding = found.Finding + "; read back" };
    }

    private static async Task<VerifiedImage> VerifyAsync(
        string cloud, GlanceImage image, Offers offers, CancellationToken cancellationToken)
    {
        var distribution = ImageMarks.DistributionOf(image);
        var offer = distribution is null ? null : await offers.FindAsync(distribution, cancellationToken);
        var (result, finding) = Judge(image, offer);
        return new VerifiedImage(
            cloud, distribution, image.Properties.GetValueOrDefault(ImageMarks.Revision), image.Id, image.Name, result, finding);
    }

    /// <summary>From the strongest proof on. The older tool's images have one mark, and none of ours.</summary>
    private static (string Result, string Finding) Judge(GlanceImage image, ResolvedImage? offer)
    {
        if (GlanceProof.DigestOf(image) is not { } held)
            return (VerifiedImage.Unknown, $"it is {image.Status}, and Glance gives no digest that can be compared");
        if (ImageMarks.Expected(image, held.Algorithm) is { } mark && mark != held.Hex)
            return (VerifiedImage.Mismatch, $"Glance holds {held}, and its mark says {mark}");
        if (offer is not null && image.Properties.GetValueOrDefault(ImageMarks.Revision) == offer.Revision)
            return Mark(image, offer.Digest.Algorithm) == offer.Digest.Hex
                ? KnownImage.IsFinished(image)
                    ? (VerifiedImage.Verified, "marks, Glance and publisher agree")
                    : (VerifiedImage.Unknown, "it was never finished")
                : (VerifiedImage.Mismatch, $"the publisher lists {offer.Digest} for {offer.Revision}, and its mark says something else");
        return ImageMarks.Expected(image, held.Algorithm) is null
            ? (VerifiedImage.Unknown, $"it has no mark for {held.Algorithm.ToString().ToLowerInvariant()}")
            : (VerifiedImage.Verified, offer is null
                ? "marks and Glance agree"
                : $"marks and Glance agree; the publisher offers {offer.Revision} by now");
    }

    private static string? Mark(GlanceImage image, DigestAlgorithm algorithm) =>
        image.Properties.GetValueOrDefault(ImageMarks.Digest(algorithm));

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

/// <param name="Result"><c>verified</c>, <c>mismatch</c>, <c>unreadable</c> where its content was to be read back and did not come, or
/// <c>unknown</c> where there is nothing to compare with.</param>
/// <param name="Finding">What was compared, and how it came out.</param>
internal sealed record VerifiedImage(
    string Cloud, string? Distribution, string? Revision, string Id, string Name, string Result, string Finding)
{
    public const string Verified = "verified";
    public const string Mismatch = "mismatch";
    public const string Unreadable = "unreadable";
    public const string Unknown = "unknown";

    /// <summary>What Glance handed out; null where nobody asked for it.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public ContentFacts? Content { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsGood => Result is Verified;
}

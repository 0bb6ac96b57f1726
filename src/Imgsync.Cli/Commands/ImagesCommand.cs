using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using Imgsync.Cli.Display;
using Imgsync.Cli.Display.Answers;
using Imgsync.Core;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Publishing;

namespace Imgsync.Cli.Commands;

/// <summary><c>imgsync images</c>: what of ours is in Glance.</summary>
internal static class ImagesCommand
{
    private static readonly Column[] Columns =
    [
        new("cloud", Weight: 6),
        new("distribution", Weight: 5),
        "name",
        new("status", Weight: 8),
        new("visibility", Weight: 4),
        new("format", Weight: 3),
        new("MiB", Weight: 2) { IsNumber = true },
        new("created", Weight: 1),
        new("id", Weight: 3) { Short = Words.ShortId },
    ];

    private static readonly Column[] CheckColumns =
    [
        new("cloud", Weight: 6),
        "name",
        new("id", Weight: 3) { Short = Words.ShortId },
        new("what scs-0102 asks for") { IsText = true },
    ];

    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var check = new Option<string?>("--check")
        {
            Description = "Says for each image that users find what a standard asks for and it lacks; ends with 1 if anything. Known: scs "
                + "(Sovereign Cloud Stack, scs-0102).",
            HelpName = "STANDARD",
        }.AcceptOnlyFromAmong("scs");
        var command = new Command("images", "Shows our images in every configured cloud.")
        {
            shared.Filter, shared.Cloud, check, shared.Json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = Session.Open(shared.Sources(parsed), terminal);
            var clouds = Choose(session, parsed.GetValue(shared.Cloud) ?? []);
            session.Get<CloudDirectory>().WarnOfInsecureClouds(clouds.Select(cloud => cloud.Name));
            var listings = await Task.WhenAll(clouds.Select(cloud => ListAsync(cloud, terminal, cancellationToken)));
            var answers = clouds.Zip(listings).Where(answer => answer.Second is not null).ToList();
            foreach (var (cloud, listing) in answers)
                Warn(session, cloud, listing!, shared.Only(parsed, session), terminal);

            var isChecked = parsed.GetValue(check) is not null;
            var only = shared.Only(parsed, session);
            ListedImage[] found =
            [
                .. answers.SelectMany(answer => Listed(answer.First.Name, answer.Second!, isChecked))
                    .Where(listed => SharedOptions.Passes(listed.Image, only)),
            ];
            Show(found, isChecked, parsed.GetValue(shared.Json), terminal);
            return answers.Count == clouds.Length && !found.Any(listed => listed.Findings is { Count: > 0 })
                ? ExitCode.Good
                : ExitCode.SomeFailed;
        });
        return command;
    }

    private static void Show(ListedImage[] found, bool isChecked, bool asJson, Terminal terminal)
    {
        if (asJson || !isChecked)
            ListAnswer.Show(terminal, asJson, found, AnswerJson.Default.Images, Columns, Row);
        else
            AnswerTable.Show(terminal, CheckColumns, found.SelectMany(CheckRows));
    }

    /// <summary>As a run does: what is old because its publisher, or a mirror, stands still.</summary>
    private static void Warn(
        Session session, CloudConnection cloud, ImageListing listing, IReadOnlyList<string>? only, Terminal terminal)
    {
        var options = session.Get<ImgsyncOptions>();
        var catalog = session.Get<DistributionCatalog>();
        var kept = options.DistributionsOf(session.Get<CloudDirectory>().Options(cloud.Name))
            .Where(key => catalog.TryGet(key, out _) && (only?.Contains(key, StringComparer.Ordinal) ?? true))
            .Select(catalog.Get);
        foreach (var (distribution, warning) in OfferWarnings.Of(listing, kept, session.Get<TimeProvider>().GetUtcNow()))
            terminal.Warn($"{distribution} for {cloud.Name}: {warning}");
    }

    /// <summary>The standard speaks of what users find; of other images there is nothing to say.</summary>
    private static IEnumerable<ListedImage> Listed(string cloud, ImageListing listing, bool isChecked) => isChecked
        ? listing.All.Where(ScsProfile.Covers).Select(image => new ListedImage(cloud, image, ScsProfile.Check(image, listing.All)))
        : listing.All.Select(image => new ListedImage(cloud, image));

    private static IEnumerable<string[]> CheckRows(ListedImage listed) =>
        (listed.Findings is [] ? ["all there"] : listed.Findings!).Select(finding => (string[])
            [listed.Cloud, listed.Image.Name, listed.Image.Id, finding]);

    private static CloudConnection[] Choose(Session session, string[] named)
    {
        var clouds = named is not [] ? named : [.. session.Get<ImgsyncOptions>().Clouds.Select(cloud => cloud.Name)];
        return clouds is not []
            ? [.. clouds.Select(session.Get<CloudDirectory>().Connect)]
            : throw new ConfigurationException(
                "No cloud is configured: set OS_AUTH_URL and the other OS_* variables, or clouds in the configuration.");
    }

    /// <returns>Null when the cloud does not say, which is told; the others are shown all the same.</returns>
    private static async Task<ImageListing?> ListAsync(
        CloudConnection cloud, Terminal terminal, CancellationToken cancellationToken)
    {
        try
        {
            return await ImageListing.ReadAsync(cloud, cancellationToken);
        }
        catch (ImgsyncException failure)
        {
            terminal.Complain(failure.Message, failure);
            return null;
        }
    }

    private static string[] Row(ListedImage listed) =>
    [
        listed.Cloud,
        listed.Image.Properties.GetValueOrDefault(ImageMarks.Distribution, "-"),
        listed.Image.Name,
        listed.Image.OsHidden ? $"{listed.Image.Status}, hidden" : listed.Image.Status,
        listed.Image.Visibility,
        listed.Image.DiskFormat ?? "-",
        listed.Image.Size is { } size ? (size >> 20).ToString(CultureInfo.InvariantCulture) : "-",
        listed.Image.CreatedAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        listed.Image.Id,
    ];

    /// <param name="Findings">What a standard asks for and the image lacks; null where nobody asked.</param>
    internal sealed record ListedImage(
        string Cloud,
        GlanceImage Image,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Findings = null)
    {
        /// <summary>The disk format of the publisher's file where the image was converted from it, by its marks; null where it was not.
        /// </summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? ConvertedFrom => ImageMarks.ConvertedFrom(Image);
    }
}

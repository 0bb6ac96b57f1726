using System.CommandLine;
using System.Globalization;
using Imgsync.Cli.Display;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;

namespace Imgsync.Cli.Commands;

/// <summary><c>imgsync images</c>: what of ours is in Glance.</summary>
internal static class ImagesCommand
{
    private static readonly string[] Headings = ["cloud", "distribution", "name", "status", "visibility", "MiB", "created", "id"];

    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var command = new Command("images", "Shows our images in every configured cloud.") { shared.Cloud, shared.Json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = Session.Open(shared.Sources(parsed), terminal);
            var clouds = Choose(session, parsed.GetValue(shared.Cloud) ?? []);
            session.Get<CloudDirectory>().WarnOfInsecureClouds(clouds.Select(cloud => cloud.Name));
            var answers = await Task.WhenAll(clouds.Select(cloud => ListAsync(cloud, terminal, cancellationToken)));
            ListedImage[] found = [.. answers.SelectMany(images => images ?? [])];
            ListAnswer.Show(terminal, parsed.GetValue(shared.Json), found, AnswerJson.Default.Images, Headings, Row);
            return answers.All(images => images is not null) ? ExitCode.Good : ExitCode.SomeFailed;
        });
        return command;
    }

    private static CloudConnection[] Choose(Session session, string[] named)
    {
        var clouds = named is not [] ? named : [.. session.Get<ImgsyncOptions>().Clouds.Select(cloud => cloud.Name)];
        return clouds is not []
            ? [.. clouds.Select(session.Get<CloudDirectory>().Connect)]
            : throw new ConfigurationException(
                "No cloud is configured: set OS_AUTH_URL and the other OS_* variables, or clouds in the configuration.");
    }

    /// <returns>Null when the cloud does not say, which is told; the others are shown all the same.</returns>
    private static async Task<IReadOnlyList<ListedImage>?> ListAsync(
        CloudConnection cloud, Terminal terminal, CancellationToken cancellationToken)
    {
        try
        {
            var listing = await ImageListing.ReadAsync(cloud, cancellationToken);
            return [.. listing.All.Select(image => new ListedImage(cloud.Name, image))];
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
        listed.Image.Size is { } size ? (size >> 20).ToString(CultureInfo.InvariantCulture) : "-",
        listed.Image.CreatedAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        listed.Image.Id,
    ];

    internal sealed record ListedImage(string Cloud, GlanceImage Image);
}

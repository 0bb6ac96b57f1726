using System.CommandLine;
using System.Globalization;
using Imgsync.Cli.Display;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;

namespace Imgsync.Cli.Commands;

/// <summary><c>imgsync images</c>: what of ours is in Glance.</summary>
internal static class ImagesCommand
{
    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var command = new Command("images", "Shows our images in every configured cloud.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = Session.Open(parsed.GetValue(shared.Config), terminal);
            var clouds = session.Get<ImgsyncOptions>().Clouds;
            if (clouds.Count == 0)
                throw new ConfigurationException("No cloud is configured: set OS_AUTH_URL and the other OS_* variables, or clouds in the configuration.");

            var rows = new List<string[]>();
            foreach (var cloud in clouds)
            {
                await foreach (var image in OurImages.ListAsync(session.Get<CloudDirectory>().Connect(cloud.Name), cancellationToken))
                    rows.Add(Row(cloud.Name, image));
            }

            AnswerTable.Show(terminal, ["cloud", "distribution", "name", "status", "visibility", "MiB", "created", "id"], rows);
            return ExitCode.Good;
        });
        return command;
    }

    private static string[] Row(string cloud, GlanceImage image) =>
    [
        cloud,
        image.Properties.GetValueOrDefault(ImageMarks.Distribution, "-"),
        image.Name,
        image.OsHidden ? $"{image.Status}, hidden" : image.Status,
        image.Visibility,
        image.Size is { } size ? (size >> 20).ToString(CultureInfo.InvariantCulture) : "-",
        image.CreatedAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        image.Id,
    ];
}

using System.CommandLine;
using System.Globalization;
using Imgsync.Cli.Display;
using Imgsync.Cli.Display.Answers;
using Imgsync.Core;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Publishing.Forms;
using Imgsync.Core.Reporting;
using Imgsync.Core.Runs;

namespace Imgsync.Cli.Commands.Status;

/// <summary><c>imgsync status</c>: how the images stand now, from every run so far; as a check, in one line for Nagios and Icinga.
/// </summary>
internal static class StatusCommand
{
    private static readonly Column[] Columns =
    [
        "distribution",
        new("cloud", Weight: 6),
        new("state", Weight: 8) { Tone = Words.Tone },
        new("revision", Weight: 7),
        new("format", Weight: 2),
        new("age", Weight: 5) { IsNumber = true },
        new("support ends", Weight: 3),
        new("signed by", Weight: 1) { Short = Words.ShortDigest },
        new("last checked", Weight: 4),
    ];

    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var maxAge = new Option<string?>("--max-age")
        {
            Description = "Be a check for Nagios or Icinga: one line, and 0, 1, 2 or 3 for good, a warning, critical and unknown. "
                + "Critical is what is wrong, and what has not been checked for so long, such as 26h.",
            HelpName = "DURATION",
        };
        maxAge.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && Durations.Parse(text) is null)
                result.AddError($"--max-age {text.Shortened()} must be a duration such as 26h, 90min or 2d.");
        });
        var command = new Command("status", "Shows how every image stands and what is wrong now; needs no cloud.")
        {
            maxAge, shared.Filter, shared.Json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(maxAge) is { } text)
                return await MonitoringCheck.RunAsync(
                    async () => await ReadAsync(Session.Open(shared.Sources(parsed), terminal), shared, parsed, cancellationToken),
                    Durations.Parse(text)!.Value,
                    terminal);

            var status = await ReadAsync(Session.Open(shared.Sources(parsed), terminal), shared, parsed, cancellationToken);
            if (parsed.GetValue(shared.Json))
                JsonAnswer.Show(terminal, status, AnswerJson.Default.StatusAnswer);
            else
                Show(status, terminal);
            return status.IsGood ? ExitCode.Good : ExitCode.SomeFailed;
        });
        return command;
    }

    private static async Task<StatusAnswer> ReadAsync(
        Session opened, SharedOptions shared, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var session = opened;
        var only = shared.Only(parsed, session);
        var standing = await session.Get<ReportStore>().StandingAsync(cancellationToken);
        var images = ImageFigures.Of(standing, session.Get<RunPlanner>().Wanted(), session.Get<DistributionCatalog>());
        var status = StatusAnswer.Of(standing, images, image => WantedInstead(image, session), session.Get<TimeProvider>().GetUtcNow());
        return only is null
            ? status
            : status with { Images = [.. status.Images.Where(image => only.Contains(image.Distribution, StringComparer.Ordinal))] };
    }

    /// <returns>Null for what the settings do not name any more, too.</returns>
    private static ImageFormat? WantedInstead(ImageStanding image, Session session)
    {
        var options = session.Get<ImgsyncOptions>();
        return options.Clouds.FirstOrDefault(cloud => cloud.Name == image.Cloud) is { } cloud
            && session.Get<DistributionCatalog>().TryGet(image.Distribution, out var distribution)
                ? ImageForm.WantedInstead(
                    options.PublishFor(cloud, image.Distribution).DiskFormat, image.DiskFormat, distribution.DiskFormat)
                : null;
    }

    private static void Show(StatusAnswer status, Terminal terminal)
    {
        if (!terminal.Quiet)
        {
            AnswerTable.Show(terminal, Columns, status.Images.Select(image => Row(image, status.At)));
            terminal.AnswerSentence(status.LastRun is { } last
                ? $"Last run {last.Run}{RunsCommand.Marks(last)} ended {Ago(status.At - last.FinishedAt)}; imgsync runs lists all."
                : "No run has ended yet with this staging; imgsync sync makes one.");
        }

        if (status.Unplanned is { } none)
            terminal.Complain($"no run could begin, {Spell(none, status.At)}: {none.Reason}");
        foreach (var (image, wrong) in status.Images.Where(image => image.Wrong is not null).Select(image => (image, image.Wrong!)))
            terminal.Complain($"{image.Distribution} for {image.Cloud}, {Spell(wrong, status.At)}: {wrong.Reason}");
        foreach (var image in status.Images.Where(image => image.Warning is not null))
            terminal.Warn($"{image.Distribution} for {image.Cloud}: {image.Warning}");
        foreach (var failure in status.CleanUpFailures)
            terminal.Complain(failure);
        foreach (var warning in status.Warnings)
            terminal.Warn(warning);
    }

    private static string[] Row(StatusAnswer.Image image, DateTimeOffset now) =>
    [
        image.Distribution,
        image.Cloud,
        image.State,
        image.Revision ?? "-",
        image.DiskFormat ?? "-",
        image.AgeDays is { } days ? string.Create(CultureInfo.InvariantCulture, $"{days} d") : "-",
        image.SupportedUntil?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "-",
        image.SignedBy ?? (image.Provenance is null ? "-" : "not signed"),
        image.CheckedAt is { } at ? Ago(now - at) : "never",
    ];

    /// <summary>When it was found, and for how long it has been so if it was more than once.</summary>
    private static string Spell(Problem wrong, DateTimeOffset now) =>
        wrong.Since == wrong.At ? Ago(now - wrong.At) : $"{Ago(now - wrong.At)} again, first {Ago(now - wrong.Since)}";

    private static string Ago(TimeSpan time) =>
        time < TimeSpan.FromMinutes(1) ? "just now" : $"{Durations.Rough(time)} ago";
}

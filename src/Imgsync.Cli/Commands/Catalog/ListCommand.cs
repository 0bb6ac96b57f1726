using System.Collections.Concurrent;
using System.CommandLine;
using System.Globalization;
using Imgsync.Cli.Display;
using Imgsync.Cli.Display.Answers;
using Imgsync.Core;
using Imgsync.Core.Catalog;
using Imgsync.Core.Runs;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Indexes;

namespace Imgsync.Cli.Commands.Catalog;

/// <summary><c>imgsync list</c>: the catalogue.</summary>
internal static class ListCommand
{
    private const int AtOnce = 16;

    private static readonly Column[] Columns =
    [
        "distribution",
        new("title", Weight: 5),
        new("architecture", Weight: 3),
        new("newest known", Weight: 6),
        new("age", Weight: 5) { IsNumber = true },
        new("signed", Weight: 4),
        new("supported until", Weight: 4),
        new("read from", Weight: 2),
        new("not tried against the live site", Weight: 3) { IsText = true },
    ];

    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var command = new Command("list", "Shows the catalogue: every distribution that can be synced.") { shared.Filter, shared.Json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = Session.Open(shared.Sources(parsed), terminal);
            var passes = shared.Filtered(parsed, session);
            var specs = session.Get<DistributionCatalog>().All
                .Where(spec => passes?.Invoke(spec) ?? true)
                .OrderBy(spec => spec.Family, StringComparer.Ordinal)
                .ToList();
            var known = await KnownAsync(session, specs, terminal, cancellationToken);
            var today = DateOnly.FromDateTime(session.Get<TimeProvider>().GetUtcNow().UtcDateTime);
            var listed = specs.Select(spec => ListedDistribution.Of(spec, known.GetValueOrDefault(spec.Key), today)).ToList();
            ListAnswer.Show(terminal, parsed.GetValue(shared.Json), listed, AnswerJson.Default.Distributions, Columns, Row);
            return ExitCode.Good;
        });
        return command;
    }

    private static string[] Row(ListedDistribution one) =>
    [
        one.Distribution, one.Title, one.Architecture, one.Revision ?? "-",
        one.AgeDays is { } days ? string.Create(CultureInfo.InvariantCulture, $"{days} d") : "-", one.Signed ? "yes" : "no",
        one.SupportedUntil?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "-", one.Location, one.Unconfirmed ?? "",
    ];

    /// <summary>The newest that earlier runs have found, by the keys; no publisher is asked. Where staging cannot be read, the catalogue is
    /// shown all the same.</summary>
    private static async Task<ConcurrentDictionary<string, KnownRevision>> KnownAsync(
        Session session, IReadOnlyList<DistributionSpec> specs, Terminal terminal, CancellationToken cancellationToken)
    {
        var known = new ConcurrentDictionary<string, KnownRevision>(StringComparer.Ordinal);
        try
        {
            foreach (var image in (await session.Get<ReportStore>().StandingAsync(cancellationToken)).Images)
                Add(image.Distribution, image.Revision, day: null);
            var memory = session.Get<ResolutionMemory>();
            await Parallel.ForEachAsync(
                specs, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (spec, cancelled) =>
                {
                    if (await memory.LastAsync(spec, cancelled) is { } image)
                        Add(spec.Key, image.Revision, image.BuildDate);
                });
        }
        catch (ImgsyncException unreadable)
        {
            terminal.Warn($"What earlier runs have found is not known: {unreadable.Message}");
        }

        return known;

        void Add(string key, string? text, DateOnly? day)
        {
            if (Revision.TryParse(text, out var revision))
                known.AddOrUpdate(
                    key, new KnownRevision(revision, day ?? revision.Date),
                    (_, other) => other.Revision > revision || day is null ? other : new KnownRevision(revision, day));
        }
    }

    internal sealed record KnownRevision(Revision Revision, DateOnly? Day);

    /// <param name="Location">Where its moving pointer to the newest image is read.</param>
    /// <param name="Signed">Whether nothing of it is used without a signature of its publisher's.</param>
    /// <param name="SupportedUntil">By its publisher; null where that is not known.</param>
    /// <param name="Unconfirmed">What of the entry nobody has tried against the live site; null for nothing.</param>
    /// <param name="Revision">The newest that earlier runs with this staging have found; null for none.</param>
    /// <param name="AgeDays">Of that, by its day; null where that is not known.</param>
    /// <param name="RawImage">The publisher's raw file of the same disk, for clouds that want raw; null for none.</param>
    internal sealed record ListedDistribution(
        string Distribution, string Family, string Title, string Architecture, bool Signed, DateOnly? SupportedUntil, string Location,
        string? Unconfirmed, string? Revision, int? AgeDays, string? RawImage = null)
    {
        public static ListedDistribution Of(DistributionSpec spec, KnownRevision? known, DateOnly today) => new(
            spec.Key,
            spec.Family,
            spec.Title,
            spec.Architecture.InGlance(),
            spec.IsSigned,
            spec.EndOfSupport,
            spec.Publisher.BaseUrl.AbsoluteUri + spec.Path + spec.ImageName,
            spec.Unconfirmed,
            known?.Revision.ToString(),
            today.DayNumber - known?.Day?.DayNumber,
            spec.RawImageName);
    }
}

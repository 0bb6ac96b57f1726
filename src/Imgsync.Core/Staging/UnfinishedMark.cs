using System.Globalization;

namespace Imgsync.Core.Staging;

/// <summary>What an unfinished copy is marked with.</summary>
/// <param name="Version">The version of the upstream file it is of, null when its server names none.</param>
/// <param name="Work">Whoever wrote it last, see <see cref="IStagingWriter.ClaimAsync"/>.</param>
/// <param name="Before">How many bytes there were before the first attempt at that work.</param>
internal sealed record UnfinishedMark(string? Version, string? Work = null, long Before = 0)
{
    /// <summary>A line each: version, work, bytes before that work. The first may be the only one.</summary>
    public static UnfinishedMark Parse(string text) => text.Split('\n', StringSplitOptions.TrimEntries) switch
    {
        [var version, var work, var before, ..] when long.TryParse(before, CultureInfo.InvariantCulture, out var bytes) =>
            new UnfinishedMark(OrNull(version), OrNull(work), bytes),
        [var version, ..] => new UnfinishedMark(OrNull(version)),
        [] => new UnfinishedMark(Version: null),
    };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Version}\n{Work}\n{Before}\n");

    private static string? OrNull(string line) => line is "" ? null : line;
}

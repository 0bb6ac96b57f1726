namespace Imgsync.Core.Staging;

/// <summary>What an unfinished copy is marked with.</summary>
/// <param name="Version">The version of the upstream file it is of, null when its server names none.</param>
/// <param name="Work">Whoever wrote it last, see <see cref="IStagingWriter.ClaimAsync"/>.</param>
/// <param name="Before">How many bytes there were before the first attempt at that work.</param>
internal sealed record UnfinishedMark(string? Version, string? Work = null, long Before = 0)
{
    /// <param name="kept">How many bytes the copy has.</param>
    public UnfinishedMark ClaimedBy(string work, long kept) => work == Work ? this : this with { Work = work, Before = kept };

    public UnfinishedMark Restarted(string? version) => this with { Version = version, Before = 0 };
}

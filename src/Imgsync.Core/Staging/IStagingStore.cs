using Imgsync.Core.Content;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Staging;

/// <summary>Where verified images wait between upstream and Glance: a folder, or blob storage. Content gets its final name only by
/// <see cref="IStagingWriter.CommitAsync"/>; until then nobody but its writer can see it.</summary>
public interface IStagingStore
{
    /// <summary>The staged copy of the published digest, or null when there is none yet.</summary>
    Task<StagedImage?> FindAsync(ResolvedImage image, CancellationToken cancellationToken);

    /// <summary>Starts a copy, or takes up the one that an earlier attempt at the same content left unfinished.</summary>
    /// <exception cref="StagingException">The store cannot be written to, or another writer holds this content.</exception>
    Task<IStagingWriter> WriteAsync(ResolvedImage image, CancellationToken cancellationToken);

    /// <summary>The staged bytes from the start. The stream knows its length.</summary>
    Task<Stream> ReadAsync(StagedImage image, CancellationToken cancellationToken);

    /// <summary>Why nobody can be given a link to what is staged, as a half-sentence; null where they can.</summary>
    string? WhyNoLinks => "images are staged in a folder, which Glance cannot read";

    /// <summary>Lets whoever has the link read the staged copy, and nothing else, for a while.</summary>
    Task<StagedLink> LinkAsync(StagedImage image, TimeSpan lifetime, CancellationToken cancellationToken) =>
        throw new NotSupportedException("No link can be given to what is staged here.");

    /// <summary>Kills a link before its time; nothing happens when it is dead already.</summary>
    /// <param name="image">The staged copy's name.</param>
    /// <param name="link">The link's name.</param>
    Task UnlinkAsync(string image, string link, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Removes a staged copy; nothing happens when it is gone already.</summary>
    Task DeleteAsync(StagedImage image, CancellationToken cancellationToken);

    /// <summary>Removes unfinished copies that nobody is writing and staged ones that are older than they may get, and kills all links.
    /// </summary>
    Task SweepAsync(TimeSpan unfinishedAge, TimeSpan stagedAge, CancellationToken cancellationToken);
}

/// <summary>One unfinished copy. Disposing it without a commit keeps the bytes for a later attempt to go on from.</summary>
public interface IStagingWriter : IByteSink, IAsyncDisposable
{
    /// <summary>Says that nobody reads the copy soon, so that it need not be kept in memory.</summary>
    void ReadLater()
    {
    }

    bool IByteSink.Keeps => true;

    /// <summary>How many bytes an earlier attempt left, zero for a new copy.</summary>
    long Kept { get; }

    /// <summary>Which version of the upstream file the kept bytes belong to: the ETag or Last-Modified to resume against. Null when their
    /// server named none, or when they came from several.</summary>
    string? KeptVersion { get; }

    /// <summary>Notes whose copy this is from now on, so that a later attempt at the same
    /// work knows what its earlier ones have brought.</summary>
    /// <param name="work">One line of ASCII.</param>
    /// <returns>How many of the kept bytes were there before the first attempt at this work.</returns>
    Task<long> ClaimAsync(string work, CancellationToken cancellationToken);

    /// <summary>Reads back the kept bytes, so that they are hashed like all others. The stream belongs to the writer.</summary>
    Task<Stream> ReadKeptAsync(CancellationToken cancellationToken);

    /// <summary>Forgets the kept bytes and starts again at zero, for this version of the upstream file.</summary>
    Task RestartAsync(string? version, CancellationToken cancellationToken);

    /// <summary>Notes that what comes from now on is not of the version that the kept bytes are of.</summary>
    Task ForgetVersionAsync(CancellationToken cancellationToken);

    /// <summary>Gives the content its final name. The caller has verified it.</summary>
    Task<StagedImage> CommitAsync(ContentFacts facts, CancellationToken cancellationToken);

    /// <summary>Deletes what was written: it can never become the published content.</summary>
    Task DiscardAsync(CancellationToken cancellationToken);
}

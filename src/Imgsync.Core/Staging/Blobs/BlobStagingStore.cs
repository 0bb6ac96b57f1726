using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Imgsync.Core.Content;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Staging.Blobs;

/// <summary>Staged images in Azure Blob storage. A staged image is a blob under its final name with its digests as metadata; an
/// unfinished copy is a leased blob below <c>incoming/</c>, and reaches the final name by a copy within the account.</summary>
public sealed class BlobStagingStore(BlobContainerClient container, TimeProvider time) : IStagingStore
{
    internal const string Incoming = "incoming/";

    /// <summary>Small enough to start at once, large enough that a GiB takes 256 requests.</summary>
    private const int ReadBufferBytes = 4 << 20;

    private readonly BlobLinks _links = new(container, time);

    /// <summary>How long a writer waits for another one of the same image to end or to turn out dead.</summary>
    public TimeSpan Patience { get; init; } = WriterLease.Patience;

    public Task<StagedImage?> FindAsync(ResolvedImage image, CancellationToken cancellationToken) =>
        BlobFailure.ExplainAsync($"Looking for {StagedImage.NameOf(image)}", container, async () =>
        {
            var name = StagedImage.NameOf(image);
            try
            {
                var found = (await container.GetBlobClient(name).GetPropertiesAsync(cancellationToken: cancellationToken)).Value;
                return BlobFacts.Read(found.Metadata, found.ContentLength) is { } facts && facts[image.Digest.Algorithm] == image.Digest
                    ? new StagedImage(name, facts)
                    : null;
            }
            catch (RequestFailedException absent) when (absent.Status == 404)
            {
                return null;
            }
        });

    public Task<IStagingWriter> WriteAsync(ResolvedImage image, CancellationToken cancellationToken) =>
        BlobFailure.ExplainAsync<IStagingWriter>($"Staging {StagedImage.NameOf(image)}", container, async () =>
        {
            await container.EnsureAsync(cancellationToken);
            return await BlobStagingWriter.OpenAsync(container, image, Patience, time, cancellationToken);
        });

    public Task<Stream> ReadAsync(StagedImage image, CancellationToken cancellationToken) =>
        BlobFailure.ExplainAsync($"Reading {image.Name}", container, () =>
            container.GetBlobClient(image.Name).OpenReadAsync(
                new BlobOpenReadOptions(allowModifications: false) { BufferSize = ReadBufferBytes }, cancellationToken));

    public string? WhyNoLinks => _links.WhyNone;

    public Task<StagedLink> LinkAsync(StagedImage image, TimeSpan lifetime, CancellationToken cancellationToken) =>
        BlobFailure.ExplainAsync($"Giving Glance a link to {image.Name}", container, () =>
            _links.MakeAsync(image, lifetime, cancellationToken));

    public Task UnlinkAsync(string image, string link, CancellationToken cancellationToken) =>
        BlobFailure.ExplainAsync($"Killing the link to {image}", container, () => _links.RemoveAsync(image, link, cancellationToken));

    public Task DeleteAsync(StagedImage image, CancellationToken cancellationToken) =>
        BlobFailure.ExplainAsync($"Deleting {image.Name}", container, () =>
            container.DeleteBlobIfExistsAsync(image.Name, DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellationToken));

    public Task SweepAsync(TimeSpan unfinishedAge, TimeSpan stagedAge, CancellationToken cancellationToken) =>
        BlobFailure.ExplainAsync("Sweeping", container, async () =>
        {
            if (!await container.ExistsAsync(cancellationToken))
                return;

            await _links.RemoveAllAsync(cancellationToken);
            var now = time.GetUtcNow();
            var blobs = await container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, prefix: null, cancellationToken)
                .ToListAsync(cancellationToken);
            var staged = blobs.Where(blob => BlobFacts.Read(blob.Metadata, blob.Properties.ContentLength) is not null).ToList();
            var unfinished = blobs.Where(blob => blob.Name.StartsWith(Incoming, StringComparison.Ordinal)
                && blob.Properties.LeaseState != LeaseState.Leased && (AgeOf(blob) >= unfinishedAge || IsOvertaken(blob)));
            foreach (var blob in staged.Where(blob => AgeOf(blob) >= stagedAge).Concat(unfinished))
                await container.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellationToken);

            TimeSpan? AgeOf(BlobItem blob) => now - blob.Properties.LastModified;

            // It is staged itself, or a younger image of the distribution is, so that this one will never be published.
            bool IsOvertaken(BlobItem blob) => staged.Exists(other => Incoming + other.Name == blob.Name
                || (other.Properties.LastModified > blob.Properties.LastModified
                    && Path.GetDirectoryName(Incoming + other.Name) == Path.GetDirectoryName(blob.Name)));
        });
}

/// <summary>What a staged blob's metadata says of its content. Only verified content ever gets it.</summary>
internal static class BlobFacts
{
    private const string Sha256 = "sha256";
    private const string Sha512 = "sha512";

    public static Dictionary<string, string> Write(ResolvedImage image, ContentFacts facts)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Sha512] = facts.Sha512.Hex,
            ["source"] = image.OfficialLocation.AbsoluteUri,
            ["revision"] = image.Revision,
        };
        if (facts.Sha256 is { } sha256)
            metadata[Sha256] = sha256.Hex;
        return metadata;
    }

    /// <summary>Null for blobs that are not staged images.</summary>
    public static ContentFacts? Read(IDictionary<string, string>? metadata, long? length) =>
        metadata is not null && length is not null
        && Digest.TryFromHex(DigestAlgorithm.Sha512, metadata.TryGetValue(Sha512, out var sha512) ? sha512 : "", out var second)
            ? new ContentFacts(
                length.Value,
                Digest.TryFromHex(DigestAlgorithm.Sha256, metadata.TryGetValue(Sha256, out var sha256) ? sha256 : "", out var first)
                    ? first
                    : null,
                second)
            : null;
}

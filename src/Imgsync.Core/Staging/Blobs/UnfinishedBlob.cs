using System.Globalization;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Imgsync.Core.Staging.Blobs;

/// <summary>A blob that grows by blocks below <c>incoming/</c>, leased by its only writer and
/// marked with the version of the upstream file it is of.</summary>
internal sealed class UnfinishedBlob : IAsyncDisposable
{
    private const string VersionKey = "version";
    private const string WorkKey = "work";
    private const string BeforeKey = "before";

    private readonly BlobLease _lease;

    private UnfinishedBlob(BlockBlobClient client, BlobLease lease, BlobProperties properties, BlockList blocks)
    {
        (Client, _lease, Blocks) = (client, lease, blocks);
        Length = properties.ContentLength;
        Mark = Read(properties.Metadata);
    }

    public BlockBlobClient Client { get; }

    /// <inheritdoc cref="BlobLease.Condition"/>
    public BlobRequestConditions Condition => _lease.Condition;

    /// <summary>How long it was when it was opened: the committed blocks.</summary>
    public long Length { get; }

    /// <summary>What it was marked with when it was opened.</summary>
    public UnfinishedMark Mark { get; }

    /// <summary>The blocks it had when it was opened, also those that a killed writer had sent and not committed.</summary>
    public BlockList Blocks { get; }

    /// <summary>Takes up the blob of this name, or makes it.</summary>
    /// <exception cref="RequestFailedException">Somebody else has held it for longer than
    /// <paramref name="patience"/> (409 LeaseAlreadyPresent).</exception>
    public static async Task<UnfinishedBlob> OpenAsync(
        BlobContainerClient container, string name, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var client = container.GetBlockBlobClient(BlobStagingStore.Incoming + name);
        await CreateAsync(client, cancellationToken);
        var lease = await BlobLease.AcquireAsync(client, patience, time, cancellationToken);
        try
        {
            var properties = (await client.GetPropertiesAsync(lease.Condition, cancellationToken)).Value;
            var blocks = (await client.GetBlockListAsync(BlockListTypes.All, snapshot: null, lease.Condition, cancellationToken)).Value;
            return new UnfinishedBlob(client, lease, properties, blocks);
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }
    }

    public Task<Stream> ReadAsync(CancellationToken cancellationToken) =>
        Client.OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancellationToken);

    /// <summary>Makes these blocks, which have all arrived, what the blob consists of.</summary>
    public Task CommitAsync(IEnumerable<string> blocks, UnfinishedMark mark, CancellationToken cancellationToken) =>
        Client.CommitBlockListAsync(
            blocks, new CommitBlockListOptions { Conditions = Condition, Metadata = Write(mark) }, cancellationToken);

    public Task DeleteAsync(CancellationToken cancellationToken) =>
        Client.DeleteIfExistsAsync(conditions: Condition, cancellationToken: cancellationToken);

    public ValueTask DisposeAsync() => _lease.DisposeAsync();

    private static async Task CreateAsync(BlockBlobClient client, CancellationToken cancellationToken)
    {
        try
        {
            var onlyIfAbsent = new CommitBlockListOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
            await client.CommitBlockListAsync([], onlyIfAbsent, cancellationToken);
        }
        catch (RequestFailedException present) when (present.Status is 409 or 412)
        {
        }
    }

    /// <summary>An ETag may hold any character, a metadata value only ASCII.</summary>
    private static Dictionary<string, string> Write(UnfinishedMark mark)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        if (mark.Version is { } version)
            metadata[VersionKey] = Convert.ToBase64String(Encoding.UTF8.GetBytes(version));
        if (mark.Work is { } work)
            (metadata[WorkKey], metadata[BeforeKey]) =
                (Convert.ToBase64String(Encoding.UTF8.GetBytes(work)), mark.Before.ToString(CultureInfo.InvariantCulture));
        return metadata;
    }

    private static UnfinishedMark Read(IDictionary<string, string> metadata)
    {
        return new UnfinishedMark(
            Text(VersionKey), Text(WorkKey), metadata.TryGetValue(BeforeKey, out var before)
                && long.TryParse(before, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0);

        string? Text(string key) => metadata.TryGetValue(key, out var encoded)
            ? Encoding.UTF8.GetString(Convert.FromBase64String(encoded))
            : null;
    }
}

using System.Globalization;
using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.Survival;

/// <summary>The staging store of a run that died, looked at without the code under test: a folder, or blob storage.</summary>
internal sealed class CrashStaging(string folder, BlobContainerClient? container)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>How many bytes of the image are there, finished or not: in blobs, sent and without a gap.</summary>
    public Task<long> BytesAsync(PublishedImage image) =>
        container is null ? Task.FromResult(InFolder(image)) : InBlobsAsync(container, image);

    /// <summary>What is in staging beside finished images, documents and the lock.</summary>
    public async Task<IReadOnlyList<string>> LeftoversAsync()
    {
        var names = container is null
            ? [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories)]
            : await container.GetBlobsAsync(cancellationToken: Cancel).Select(blob => blob.Name).ToListAsync(Cancel);
        return [.. names.Where(
            name => name.Contains(".partial", StringComparison.Ordinal) || name.Contains("incoming/", StringComparison.Ordinal))];
    }

    /// <summary>What time does: nobody renews the leases of a process that is dead.</summary>
    public async Task LetLeasesEndAsync()
    {
        if (container is null)
            return;

        await foreach (var blob in container.GetBlobsAsync(cancellationToken: Cancel))
        {
            if (blob.Properties.LeaseState is LeaseState.Leased)
                await container.GetBlobClient(blob.Name).GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: Cancel);
        }
    }

    private long InFolder(PublishedImage image) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*.qcow2*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".qcow2" or ".partial" && file.Contains(image.Sha512.Hex, StringComparison.Ordinal))
            .Sum(file => new FileInfo(file).Length)
        : 0;

    private static async Task<long> InBlobsAsync(BlobContainerClient container, PublishedImage image)
    {
        if (!await container.ExistsAsync(Cancel))
            return 0;

        var name = $"debian12/sha512-{image.Sha512.Hex}.qcow2";
        if (await container.GetBlobClient(name).ExistsAsync(Cancel))
            return (await container.GetBlobClient(name).GetPropertiesAsync(cancellationToken: Cancel)).Value.ContentLength;
        if (!await container.GetBlobClient("incoming/" + name).ExistsAsync(Cancel))
            return 0;

        var blocks = (await container.GetBlockBlobClient("incoming/" + name).GetBlockListAsync(cancellationToken: Cancel)).Value;
        var sizes = blocks.CommittedBlocks.Concat(blocks.UncommittedBlocks).ToDictionary(
            block => Encoding.ASCII.GetString(Convert.FromBase64String(block.Name)), block => block.SizeLong, StringComparer.Ordinal);
        var ordered = Enumerable.Range(0, sizes.Count).Select(number => number.ToString("d8", CultureInfo.InvariantCulture));
        return ordered.TakeWhile(sizes.ContainsKey).Sum(block => sizes[block]);
    }
}

using Azure.Storage.Blobs;
using Imgsync.Core.Staging;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Staging;

/// <summary>Whoever can write to a staging store cannot have it loaded into our memory without end.</summary>
public sealed class StagedDocumentTests(Azurite azurite) : IClassFixture<Azurite>, IDisposable
{
    private const string Document = "reports/last.json";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("imgsync-documents-");
    private readonly string _container = Azurite.UniqueContainer();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("folder")]
    [InlineData("blob")]
    public async Task A_document_that_is_longer_than_any_of_ours_is_not_loaded(string kind)
    {
        await Store(kind, longest: 4).SaveAsync(Document, new byte[] { 1, 2, 3, 4, 5 }, Cancel);

        var refusal = await Assert.ThrowsAsync<StagingException>(() => Store(kind, longest: 4).LoadAsync(Document, Cancel));

        Assert.StartsWith($"Reading {Document} in {(kind is "folder" ? _folder.FullName : $"container {_container}")}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("has 5 bytes, and no document of ours has more than 4;", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3, 4, 5], await Store(kind, longest: 5).LoadAsync(Document, Cancel));
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("blob")]
    public async Task An_empty_document_is_empty_and_not_missing(string kind)
    {
        await Store(kind).SaveAsync(Document, Array.Empty<byte>(), Cancel);

        Assert.Equal(Array.Empty<byte>(), await Store(kind).LoadAsync(Document, Cancel));
    }

    [Fact]
    public async Task More_than_256_MiB_are_not_loaded()
    {
        await using (var holes = File.Create(Path.Combine(_folder.FullName, "installation")))
            holes.SetLength((256 << 20) + 1);

        await Assert.ThrowsAsync<StagingException>(() => Store("folder").LoadAsync("installation", Cancel));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private IStagingStore Store(string kind, int longest = StagedDocument.LongestBytes) => kind is "folder"
        ? new FolderStagingStore(_folder.FullName, TimeProvider.System) { LongestDocument = longest }
        : new BlobStagingStore(new BlobContainerClient(azurite.ConnectionString, _container), TimeProvider.System) { LongestDocument = longest };
}

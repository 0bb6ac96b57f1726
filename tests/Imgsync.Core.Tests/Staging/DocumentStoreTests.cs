using Azure.Storage.Blobs;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Staging.Blobs;
using Imgsync.Core.Staging.Folders;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Staging;

/// <summary>Whoever can write to a staging store cannot have it loaded into our memory without end.</summary>
public sealed class DocumentStoreTests(Azurite azurite) : IClassFixture<Azurite>, IDisposable
{
    private const string Document = "reports/last.json";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("imgsync-documents-");
    private readonly string _container = Azurite.UniqueContainer();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [Shows("a-document-that-is-longer-than-any-of-ours-is-not-loaded")]
    [InlineData("folder")]
    [InlineData("blob")]
    public async Task A_document_that_is_longer_than_any_of_ours_is_not_loaded(string kind)
    {
        var store = Store(kind);
        await store.SaveAsync(Document, new byte[] { 1, 2, 3, 4, 5 }, Cancel);

        var refusal = await Assert.ThrowsAsync<DocumentTooLongException>(() => store.LoadAsync(Document, longest: 4, Cancel));

        Assert.StartsWith(
            $"Reading {Document} in "
                + $"{(kind is "folder" ? _folder.FullName : $"container {_container}")}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("has 5 bytes, and none that we write has more than 4 bytes;", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3, 4, 5], await store.LoadAsync(Document, longest: 5, Cancel));
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("blob")]
    public async Task An_empty_document_is_empty_and_not_missing(string kind)
    {
        await Store(kind).SaveAsync(Document, Array.Empty<byte>(), Cancel);

        Assert.Equal(Array.Empty<byte>(), await Store(kind).LoadAsync(Document, longest: 0, Cancel));
    }

    [Theory]
    [InlineData("reports/last.json", 256 << 20)]
    [InlineData("installation", 1024)]
    public async Task What_no_run_can_do_without_is_refused_beyond_its_bound(string document, int longest)
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "reports"));
        await using (var holes = File.Create(Path.Combine(_folder.FullName, document)))
            holes.SetLength(longest + 1);
        using var installation = new Installation(Store("folder"));

        await Assert.ThrowsAsync<DocumentTooLongException>(() => document is "installation"
            ? (Task)installation.NameAsync(Cancel)
            : new ReportStore(Store("folder")).FindLastAsync(Cancel));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private IDocumentStore Store(string kind) => kind is "folder"
        ? new FolderDocumentStore(_folder.FullName)
        : new BlobDocumentStore(new BlobContainerClient(azurite.ConnectionString, _container));
}

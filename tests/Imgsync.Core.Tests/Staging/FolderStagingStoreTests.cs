using Imgsync.Core.Staging;

namespace Imgsync.Core.Tests.Staging;

public sealed class FolderStagingStoreTests : StagingStoreContract, IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("imgsync-staging-");

    protected override IStagingStore Store => new FolderStagingStore(_root.FullName, TimeProvider.System);

    [Fact]
    public async Task A_staging_folder_that_cannot_be_made_is_named_in_one_sentence()
    {
        var file = Path.Combine(_root.FullName, "file");
        await File.WriteAllTextAsync(file, "in the way", Cancel);
        var store = new FolderStagingStore(file, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<StagingException>(() => store.WriteAsync(TestImages.Debian12, Cancel));

        Assert.Contains(file, failure.Message, StringComparison.Ordinal);
        Assert.Contains("staging.folder", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _root.Delete(recursive: true);
}

using Imgsync.Core.Content;
using Imgsync.Core.Staging;
using Imgsync.Core.Staging.Folders;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Staging.Folders;

public sealed class FolderStagingStoreTests : StagingStoreContract, IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("imgsync-staging-");

    protected override IDocumentStore Documents => new FolderDocumentStore(_root.FullName);

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

    [Theory]
    [InlineData("debian12/sha512-00.qcow2.facts")]
    [InlineData("debian12/sha512-00.qcow2.partial.version")]
    [InlineData("reports/last.json.0123.partial")]
    public async Task What_a_killed_process_left_beside_nothing_is_swept(string left)
    {
        var file = Path.Combine(_root.FullName, left);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, "left", Cancel);

        await Store.SweepAsync(TimeSpan.FromHours(1), TimeSpan.FromDays(7), Cancel);
        Assert.True(File.Exists(file));

        await Store.SweepAsync(TimeSpan.Zero, TimeSpan.FromDays(7), Cancel);
        Assert.False(File.Exists(file));
    }

    [Theory]
    [InlineData("reports/20240717T181100Z-3f9a.json", 364, true)]
    [InlineData("reports/20240717T181100Z-3f9a.json", 366, false)]
    [InlineData("reports/20240717T181100Z-3f9a/0001.json", 366, false)]
    [InlineData("keys/1.gpg", 1000, true)]
    [InlineData("installation", 1000, true)]
    public async Task A_report_is_kept_for_a_year_and_other_documents_for_good(string document, int days, bool stays)
    {
        await Documents.SaveAsync(document, new byte[] { 1 }, Cancel);
        File.SetLastWriteTimeUtc(Path.Combine(_root.FullName, document), DateTime.UtcNow.AddDays(-days));

        await Store.SweepAsync(TimeSpan.Zero, TimeSpan.Zero, Cancel);

        Assert.Equal(stays, await Documents.LoadAsync(document, longest: 10, Cancel) is not null);
    }

    [Fact]
    public async Task An_unfinished_copy_that_may_be_taken_up_keeps_its_version_and_facts()
    {
        await using (var dying = await Store.WriteAsync(TestImages.Debian12, Cancel))
        {
            await dying.RestartAsync("\"v1\"", Cancel);
            await dying.WriteAsync(new byte[] { 1, 2, 3 }, Cancel);
        }

        await Store.SweepAsync(TimeSpan.FromHours(1), TimeSpan.FromDays(7), Cancel);

        await using var next = await Store.WriteAsync(TestImages.Debian12, Cancel);
        Assert.Equal((3, "\"v1\""), (next.Kept, next.KeptVersion));
    }

    [Fact]
    public async Task The_facts_beside_a_copy_have_the_form_that_they_always_had()
    {
        await using var writer = await Store.WriteAsync(TestImages.Debian12, Cancel);
        await writer.CommitAsync(
            new ContentFacts(
                6, Digest.FromBytes(DigestAlgorithm.Sha256, new byte[32]), Digest.FromBytes(DigestAlgorithm.Sha512, new byte[64])), Cancel);

        Assert.Equal(
            $$"""{"Length":6,"Sha256":"sha256:{{new string('0', 64)}}","Sha512":"sha512:{{new string('0', 128)}}"}""",
            await File.ReadAllTextAsync(Directory.GetFiles(_root.FullName, "*.facts", SearchOption.AllDirectories).Single(), Cancel));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{\"Length\":6}")]
    [InlineData("{\"Length\":6,\"Sha256\":\"sha256:00\",\"Sha512\":\"sha512:00\"}")]
    public async Task A_copy_whose_facts_are_damaged_or_anothers_is_not_staged(string facts)
    {
        await using (var writer = await Store.WriteAsync(TestImages.Debian12, Cancel))
        {
            await writer.WriteAsync(new byte[] { 1, 2, 3, 4, 5, 6 }, Cancel);
            await writer.CommitAsync(FactsOf([1, 2, 3, 4, 5, 6]), Cancel);
        }

        Assert.Null(await Store.FindAsync(TestImages.Debian12, Cancel)); // these facts are whole, and not those of the published digest
        await File.WriteAllTextAsync(Directory.GetFiles(_root.FullName, "*.facts", SearchOption.AllDirectories).Single(), facts, Cancel);

        Assert.Null(await Store.FindAsync(TestImages.Debian12, Cancel));
    }

    public void Dispose() => _root.Delete(recursive: true);
}

using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using CliWrap;
using Imgsync.Core.Content;
using Imgsync.Core.Staging;
using Imgsync.Core.Staging.Folders;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Staging.Folders;

/// <summary>The staging folder on a machine that others use, too: they can neither put their files in the place of ours nor read ours.
/// Everything here runs against the real file system, with a real other user where there is one to be had.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SharedMachineTests : IDisposable
{
    internal const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    internal const UnixFileMode OwnersFolder = OwnersFile | UnixFileMode.UserExecute;

    /// <summary>What is written, and where: each is tried against every trap.</summary>
    private static readonly Dictionary<string, Func<string, Task>> Writes = new(StringComparer.Ordinal)
    {
        ["debian12/image.qcow2.partial"] = root => Store(root).WriteAsync(TestImages.Debian12, Cancel),
        ["reports/last.json"] = root => new FolderDocumentStore(root).SaveAsync("reports/last.json", new byte[] { 1 }, Cancel),
        ["keys/1.gpg"] = root => new FolderDocumentStore(root).SaveAsync("keys/1.gpg", new byte[] { 1 }, Cancel),
        ["run.lock"] = root => new FolderRunLock(root).AcquireAsync(RunId.Parse("a"), Cancel),
    };

    private readonly DirectoryInfo _base = Directory.CreateTempSubdirectory("imgsync-shared-");

    public SharedMachineTests() =>
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes; a profile's folders are the user's own there.");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Root => Path.Combine(_base.FullName, "staging");

    private string Elsewhere => Path.Combine(_base.FullName, "elsewhere");

    public static TheoryData<string> Written => [.. Writes.Keys];

    [Theory]
    [Shows("a-folder-that-everybody-can-write-to-is-not-used")]
    [InlineData("", UnixFileMode.OtherWrite)]
    [InlineData("", UnixFileMode.GroupWrite)]
    [InlineData("", UnixFileMode.OtherWrite | UnixFileMode.StickyBit)]
    [InlineData("reports", UnixFileMode.OtherWrite)]
    [InlineData("reports", UnixFileMode.GroupWrite)]
    public async Task A_folder_that_others_can_write_to_is_not_used(string folder, UnixFileMode more)
    {
        MakeFolder(folder, OwnersFolder | more);

        foreach (var write in Writes.Where(write => write.Key.StartsWith(folder, StringComparison.Ordinal)))
            await AssertRefusedAsync(write.Value, "can be written by other users of this machine (mode");

        Assert.Empty(Directory.GetFiles(Root, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [Shows("a-folder-of-another-user-is-not-used")]
    [InlineData("")]
    [InlineData("reports")]
    [InlineData("debian12")]
    public async Task A_folder_of_another_user_is_not_used(string folder)
    {
        MakeFolder(folder, OwnersFolder);
        await GiveAwayAsync(Path.Combine(Root, folder));

        foreach (var write in Writes.Where(write => write.Key.StartsWith(folder, StringComparison.Ordinal)))
            await AssertRefusedAsync(write.Value, "belongs to another user (uid 65534)");

        Assert.Empty(Directory.GetFiles(Root, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [Shows("a-link-in-the-staging-folder-is-not-followed")]
    [InlineData("reports", true)]
    [InlineData("debian12", true)]
    [InlineData("keys", true)]
    [InlineData("reports", false)]
    public async Task A_linked_subfolder_is_not_used_and_nothing_behind_it_is_swept(string folder, bool ours)
    {
        MakeFolder("", OwnersFolder);
        var target = Directory.CreateDirectory(Elsewhere, OwnersFolder);
        var theirs = Path.Combine(target.FullName, "theirs.partial");
        await File.WriteAllTextAsync(theirs, "theirs", Cancel);
        Directory.CreateSymbolicLink(Path.Combine(Root, folder), Elsewhere);
        if (!ours)
            await GiveAwayAsync(Path.Combine(Root, folder));

        foreach (var write in Writes.Where(write => write.Key.StartsWith(folder, StringComparison.Ordinal)))
            await AssertRefusedAsync(write.Value, "is a link");
        await Store(Root).SweepAsync(TimeSpan.Zero, TimeSpan.Zero, Cancel);

        Assert.Equal([theirs], Directory.GetFiles(Elsewhere));
    }

    [Theory]
    [Shows("a-staging-folder-may-be-a-link-of-its-user-and-of-nobody-else")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_staging_folder_itself_may_be_a_link_of_its_user_and_of_nobody_else(bool ours)
    {
        Directory.CreateDirectory(Elsewhere, OwnersFolder);
        Directory.CreateSymbolicLink(Root, Elsewhere);
        if (!ours)
            await GiveAwayAsync(Root);

        if (ours)
            await new FolderDocumentStore(Root).SaveAsync("reports/last.json", new byte[] { 1 }, Cancel);
        else
            await AssertRefusedAsync(Writes["reports/last.json"], "is a link");

        Assert.Equal(ours, File.Exists(Path.Combine(Elsewhere, "reports", "last.json")));
    }

    [Theory]
    [InlineData("run.lock", true)]
    [InlineData("run.lock", false)]
    [InlineData("debian12/image.qcow2.partial", true)]
    [InlineData("debian12/image.qcow2.partial", false)]
    public async Task A_link_in_the_place_of_a_file_that_is_opened_for_writing_is_refused_and_what_it_leads_to_stays(
        string name, bool leadsSomewhere)
    {
        if (leadsSomewhere)
            await File.WriteAllTextAsync(Elsewhere, "theirs", Cancel);
        Link(name, Elsewhere);

        await AssertRefusedAsync(Writes[name], "is a link");

        Assert.Equal(leadsSomewhere, File.Exists(Elsewhere));
        if (leadsSomewhere)
            Assert.Equal("theirs", await File.ReadAllTextAsync(Elsewhere, Cancel));
    }

    [Theory]
    [InlineData("reports/last.json")]
    [InlineData("keys/1.gpg")]
    [InlineData("installation")]
    public async Task A_link_in_the_place_of_a_document_is_not_read_and_is_replaced_when_the_document_is_written(string document)
    {
        await File.WriteAllTextAsync(Elsewhere, "theirs", Cancel);
        Link(document, Elsewhere);
        var documents = new FolderDocumentStore(Root);

        var refusal = await Assert.ThrowsAsync<StagingException>(() => documents.LoadAsync(document, longest: 100, Cancel));
        await documents.SaveAsync(document, new byte[] { 1 }, Cancel);

        Assert.Contains("is a link", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([1], await documents.LoadAsync(document, longest: 100, Cancel));
        Assert.Equal("theirs", await File.ReadAllTextAsync(Elsewhere, Cancel));
    }

    [Fact]
    public async Task A_link_in_the_place_of_a_staged_copy_is_not_read()
    {
        await using (var writer = await Store(Root).WriteAsync(TestImages.Debian12, Cancel))
            await writer.CommitAsync(Facts, Cancel);
        var staged = new StagedImage(StagedImage.NameOf(TestImages.Debian12), Facts);
        File.Delete(Path.Combine(Root, staged.Name));
        File.CreateSymbolicLink(Path.Combine(Root, staged.Name), "/etc/passwd");

        var refusal = await Assert.ThrowsAsync<StagingException>(() => Store(Root).ReadAsync(staged, Cancel));

        Assert.Contains("is a link", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run.lock")]
    [InlineData("debian12/image.qcow2.partial")]
    public async Task A_file_of_another_user_is_not_written_to(string name)
    {
        var path = Path.Combine(Root, FileName(name));
        Directory.CreateDirectory(Root, OwnersFolder);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnersFolder);
        await File.WriteAllTextAsync(path, "theirs", Cancel);
        await GiveAwayAsync(path);

        await AssertRefusedAsync(Writes[name], "belongs to another user (uid 65534)");

        Assert.Equal("theirs", await File.ReadAllTextAsync(path, Cancel));
    }

    [Fact]
    public async Task A_file_that_an_older_imgsync_left_readable_is_so_no_longer()
    {
        var path = Path.Combine(Root, FileName("debian12/image.qcow2.partial"));
        Directory.CreateDirectory(Root, OwnersFolder);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnersFolder);
        await File.WriteAllTextAsync(path, "ours", Cancel);
        File.SetUnixFileMode(path, OwnersFile | UnixFileMode.OtherRead);

        await using var writer = await Store(Root).WriteAsync(TestImages.Debian12, Cancel);

        Assert.Equal((4, OwnersFile), (writer.Kept, File.GetUnixFileMode(path)));
    }

    public void Dispose() => _base.Delete(recursive: true);

    private static FolderStagingStore Store(string root) => new(root, TimeProvider.System);

    internal static ContentFacts Facts { get; } = new(
        0, Digest.FromBytes(DigestAlgorithm.Sha256, new byte[32]), Digest.FromBytes(DigestAlgorithm.Sha512, new byte[64]));

    private void MakeFolder(string folder, UnixFileMode mode)
    {
        Directory.CreateDirectory(Root, OwnersFolder);
        Directory.CreateDirectory(Path.Combine(Root, folder), OwnersFolder);
        File.SetUnixFileMode(Path.Combine(Root, folder), mode);
    }

    private void Link(string name, string target)
    {
        var path = Path.Combine(Root, FileName(name));
        Directory.CreateDirectory(Root, OwnersFolder);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnersFolder);
        File.CreateSymbolicLink(path, target);
    }

    private static string FileName(string name) =>
        name is "debian12/image.qcow2.partial" ? StagedImage.NameOf(TestImages.Debian12) + ".partial" : name;

    private async Task AssertRefusedAsync(Func<string, Task> write, string reason) =>
        Assert.Contains(reason, (await Assert.ThrowsAsync<StagingException>(() => write(Root))).Message, StringComparison.Ordinal);

    /// <summary>Makes it nobody's, which only root can.</summary>
    private static async Task GiveAwayAsync(string path)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give a file to another user.");
        await Cli.Wrap("chown").WithArguments(["-h", "65534", path]).ExecuteAsync(Cancel);
    }
}

/// <summary>A umask is a process's: nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(UmaskTests), DisableParallelization = true)]
[UnsupportedOSPlatform("windows")]
public sealed class UmaskTests : IDisposable
{
    private readonly DirectoryInfo _base = Directory.CreateTempSubdirectory("imgsync-umask-");

    public UmaskTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no umask.");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [Shows("a-folder-that-we-make-is-open-to-nobody-else")]
    [InlineData(0)]
    [InlineData(UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)]
    [InlineData((UnixFileMode)511)]
    public async Task What_is_made_is_for_its_user_alone_whatever_the_umask(UnixFileMode mask)
    {
        var root = Path.Combine(_base.FullName, "staging");
        var store = new FolderStagingStore(root, TimeProvider.System);
        using var held = new FolderRunLock(root);
        var before = umask((uint)mask);
        try
        {
            await new FolderDocumentStore(root).SaveAsync("reports/20240717/last.json", new byte[] { 1 }, Cancel);
            await held.AcquireAsync(RunId.Parse("a"), Cancel);
            await using (var writer = await store.WriteAsync(TestImages.Debian12, Cancel))
                await writer.CommitAsync(SharedMachineTests.Facts, Cancel);
            await using var unfinished = await store.WriteAsync(TestImages.Debian12, Cancel);
            await unfinished.RestartAsync("version", Cancel);
            await unfinished.WriteAsync(new byte[] { 1 }, Cancel);
        }
        finally
        {
            _ = umask(before);
        }

        var files = Directory.GetFiles(root, "*", SearchOption.AllDirectories);
        Assert.Equal(
            [".facts", ".holder", ".json", ".lock", ".partial", ".qcow2", ".version"], files.Select(Path.GetExtension).Order());
        Assert.All(files, file => Assert.Equal(SharedMachineTests.OwnersFile, File.GetUnixFileMode(file)));
        Assert.All(
            [root, .. Directory.GetDirectories(root, "*", SearchOption.AllDirectories)],
            folder => Assert.Equal(SharedMachineTests.OwnersFolder, File.GetUnixFileMode(folder)));
    }

    public void Dispose() => _base.Delete(recursive: true);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint umask(uint mask);
}

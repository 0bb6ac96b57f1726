using Azure.Storage.Blobs;
using Imgsync.Core.Sync;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Sync;

/// <summary>What every run lock promises; each is asked as itself.</summary>
public abstract class RunLockContract
{
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The lock as one process holds it; asked twice, as two processes do.</summary>
    protected abstract IRunLock Open();

    [Fact]
    public async Task A_second_run_is_told_who_holds_the_lock_and_cannot_renew_it()
    {
        var (first, second) = (Open(), Open());

        Assert.Equal("a", await first.AcquireAsync("a", Cancel));
        Assert.Equal("a", await second.AcquireAsync("b", Cancel));

        Assert.True(await first.RenewAsync("a", Cancel));
        Assert.False(await second.RenewAsync("b", Cancel));
    }

    [Fact]
    public async Task Taking_the_lock_twice_for_one_run_is_fine()
    {
        var runLock = Open();

        Assert.Equal("a", await runLock.AcquireAsync("a", Cancel));
        Assert.Equal("a", await runLock.AcquireAsync("a", Cancel));
    }

    [Fact]
    public async Task Another_run_in_the_same_process_neither_gets_nor_frees_the_lock()
    {
        var runLock = Open();
        await runLock.AcquireAsync("a", Cancel);

        Assert.Equal("a", await runLock.AcquireAsync("b", Cancel));
        await runLock.ReleaseAsync("b", Cancel);

        Assert.True(await runLock.RenewAsync("a", Cancel));
    }

    [Fact]
    public async Task A_released_lock_is_the_next_runs()
    {
        var (first, second) = (Open(), Open());
        await first.AcquireAsync("a", Cancel);

        await first.ReleaseAsync("a", Cancel);

        Assert.Equal("b", await second.AcquireAsync("b", Cancel));
        Assert.False(await first.RenewAsync("a", Cancel));
        await Assert.ThrowsAsync<RunLockLostException>(() => first.RequireAsync("a", Cancel));
    }
}

public sealed class FolderRunLockTests : RunLockContract, IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("imgsync-lock-");
    private readonly List<FolderRunLock> _opened = [];

    [Fact]
    public async Task A_lock_whose_holder_has_not_written_its_name_yet_is_held_all_the_same()
    {
        var (first, second) = (Open(), Open());
        await first.AcquireAsync("a", Cancel);
        File.Delete(Path.Combine(_root.FullName, "run.holder"));

        Assert.Equal("unknown", await second.AcquireAsync("b", Cancel));
    }

    public void Dispose()
    {
        _opened.ForEach(runLock => runLock.Dispose());
        _root.Delete(recursive: true);
    }

    protected override IRunLock Open()
    {
        _opened.Add(new FolderRunLock(_root.FullName));
        return _opened[^1];
    }
}

public sealed class BlobRunLockTests(Azurite azurite) : RunLockContract, IClassFixture<Azurite>
{
    private readonly string _container = Azurite.UniqueContainer();

    protected override IRunLock Open() => new BlobRunLock(new BlobContainerClient(azurite.ConnectionString, _container));
}

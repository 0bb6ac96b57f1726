using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Imgsync.Core.Staging;
using Imgsync.Core.Staging.Blobs;
using Imgsync.Core.Staging.Folders;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Staging;

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

        Assert.Equal(RunId.Parse("a"), await first.AcquireAsync(RunId.Parse("a"), Cancel));
        Assert.Equal(RunId.Parse("a"), await second.AcquireAsync(RunId.Parse("b"), Cancel));

        Assert.True(await first.RenewAsync(RunId.Parse("a"), Cancel));
        Assert.False(await second.RenewAsync(RunId.Parse("b"), Cancel));
    }

    [Fact]
    public async Task Taking_the_lock_twice_for_one_run_is_fine()
    {
        var runLock = Open();

        Assert.Equal(RunId.Parse("a"), await runLock.AcquireAsync(RunId.Parse("a"), Cancel));
        Assert.Equal(RunId.Parse("a"), await runLock.AcquireAsync(RunId.Parse("a"), Cancel));
    }

    [Fact]
    public async Task Another_run_in_the_same_process_neither_gets_nor_frees_the_lock()
    {
        var runLock = Open();
        await runLock.AcquireAsync(RunId.Parse("a"), Cancel);

        Assert.Equal(RunId.Parse("a"), await runLock.AcquireAsync(RunId.Parse("b"), Cancel));
        await runLock.ReleaseAsync(RunId.Parse("b"), Cancel);

        Assert.True(await runLock.RenewAsync(RunId.Parse("a"), Cancel));
    }

    [Fact]
    public async Task A_released_lock_is_the_next_runs()
    {
        var (first, second) = (Open(), Open());
        await first.AcquireAsync(RunId.Parse("a"), Cancel);

        await first.ReleaseAsync(RunId.Parse("a"), Cancel);

        Assert.Equal(RunId.Parse("b"), await second.AcquireAsync(RunId.Parse("b"), Cancel));
        Assert.False(await first.RenewAsync(RunId.Parse("a"), Cancel));
        await Assert.ThrowsAsync<RunLockLostException>(
            () => new RunHold(first, RunId.Parse("a"), TimeProvider.System).RequireAsync(Cancel));
    }

    [Fact]
    public async Task Of_many_that_ask_at_once_one_gets_the_lock_and_the_others_are_told_of_it_and_never_of_a_run_that_has_ended()
    {
        for (var round = 0; round < 20; round++)
        {
            var ended = RunId.Parse($"ended{round}");
            var before = Open();
            Assert.Equal(ended, await before.AcquireAsync(ended, Cancel));
            await EndAsync(before, ended, crashed: round % 2 == 1);

            var asking = Enumerable.Range(0, 16).Select(number => (Run: RunId.Parse($"round{round}-{number}"), Lock: Open())).ToList();
            var told = await Task.WhenAll(asking.Select(one => Task.Run(() => one.Lock.AcquireAsync(one.Run, Cancel))));

            var winner = Assert.Single(told.Distinct());
            Assert.Single(asking, one => one.Run == winner);
            var holder = asking.Single(one => one.Run == winner);
            await holder.Lock.ReleaseAsync(winner, Cancel);
        }
    }

    /// <param name="crashed">Its process died: nobody has tidied up after it, and time has freed the lock.</param>
    protected abstract Task EndAsync(IRunLock held, RunId run, bool crashed);
}

public sealed class FolderRunLockTests : RunLockContract, IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("imgsync-lock-");
    private readonly List<FolderRunLock> _opened = [];

    [Fact]
    public async Task A_lock_whose_holder_has_not_written_its_name_yet_is_held_all_the_same()
    {
        var (first, second) = (Open(), Open());
        await first.AcquireAsync(RunId.Parse("a"), Cancel);
        File.Delete(Path.Combine(_root.FullName, "run.holder"));

        Assert.Equal(RunId.Unknown, await second.AcquireAsync(RunId.Parse("b"), Cancel));
    }

    /// <summary>A crashed process leaves its note: this process cannot die, so the note names one that surely does not live.</summary>
    protected override async Task EndAsync(IRunLock held, RunId run, bool crashed)
    {
        await held.ReleaseAsync(run, Cancel);
        if (crashed)
            await File.WriteAllTextAsync(
                Path.Combine(_root.FullName, "run.holder"), $"{run}\n{Environment.MachineName}\n{int.MaxValue}\n", Cancel);
    }

    [Fact]
    public async Task A_run_that_has_ended_leaves_no_name_behind()
    {
        var runLock = Open();
        await runLock.AcquireAsync(RunId.Parse("a"), Cancel);

        await runLock.ReleaseAsync(RunId.Parse("a"), Cancel);

        Assert.False(File.Exists(Path.Combine(_root.FullName, "run.holder")));
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

    protected override IRunLock Open() => new BlobRunLock(Container);

    protected override async Task EndAsync(IRunLock held, RunId run, bool crashed)
    {
        if (crashed)
            await Container.GetBlobClient("run.lock").GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: Cancel);
        else
            await held.ReleaseAsync(run, Cancel);
    }

    private BlobContainerClient Container => new(azurite.ConnectionString, _container);
}

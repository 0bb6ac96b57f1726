using Imgsync.Core.Staging;

namespace Imgsync.Core.Sync;

/// <summary>The run lock of a staging folder: an open file, which the system lets go of when the process dies.</summary>
public sealed class FolderRunLock(string root) : IRunLock, IDisposable
{
    private FileStream? _held;
    private string? _run;

    private string LockPath => Path.Combine(root, "run.lock");

    /// <summary>Who holds it, for the others to read: nobody can open the lock itself.</summary>
    private string HolderPath => Path.Combine(root, "run.holder");

    public async Task<string> AcquireAsync(string run, CancellationToken cancellationToken)
    {
        if (_run is not null)
            return _run;

        try
        {
            OwnFolder.Make(root, LockPath);
            _held = new FileStream(LockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            await File.WriteAllTextAsync(HolderPath, run, cancellationToken);
            return _run = run;
        }
        catch (IOException) when (_held is null && File.Exists(LockPath))
        {
            // Whoever has only just taken it has not written down its name yet.
            return File.Exists(HolderPath) && await File.ReadAllTextAsync(HolderPath, cancellationToken) is { Length: > 0 } holder ? holder : "unknown";
        }
        catch (Exception fault) when (FolderFailure.IsOne(fault))
        {
            Dispose();
            throw FolderFailure.Of("Taking the run lock", root, fault);
        }
    }

    /// <summary>An open file is never lost while the process lives, however long it sleeps.</summary>
    public Task<bool> RenewAsync(string run, CancellationToken cancellationToken) => Task.FromResult(_run == run);

    public Task ReleaseAsync(string run, CancellationToken cancellationToken)
    {
        if (_run == run)
            Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _held?.Dispose();
        (_held, _run) = (null, null);
    }
}

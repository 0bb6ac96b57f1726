namespace Imgsync.Core.Sync;

/// <summary>The run lock of a staging folder: an open file, which the system lets go of when the process dies.</summary>
public sealed class FolderRunLock(string root) : IRunLock, IDisposable
{
    private FileStream? _held;

    private string LockPath => Path.Combine(root, "run.lock");

    /// <summary>Who holds it, for the others to read: nobody can open the lock itself.</summary>
    private string HolderPath => Path.Combine(root, "run.holder");

    public async Task<string> AcquireAsync(string run, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(root);
        try
        {
            _held ??= new FileStream(LockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(HolderPath))
        {
            return await File.ReadAllTextAsync(HolderPath, cancellationToken);
        }

        await File.WriteAllTextAsync(HolderPath, run, cancellationToken);
        return run;
    }

    /// <summary>An open file is never lost while the process lives, however long it sleeps.</summary>
    public Task<bool> RenewAsync(string run, CancellationToken cancellationToken) => Task.FromResult(_held is not null);

    public Task ReleaseAsync(string run, CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _held?.Dispose();
        _held = null;
    }
}

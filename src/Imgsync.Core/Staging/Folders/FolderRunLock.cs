using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Imgsync.Core.Staging.Folders;

/// <summary>The run lock of a staging folder: an open file, which the system lets go of when the process dies.</summary>
public sealed class FolderRunLock(string root) : IRunLock, IDisposable
{
    private const string Lock = "run.lock";

    /// <summary>Who holds it, for the others to read: nobody can open the lock itself.</summary>
    private const string Holder = "run.holder";

    private const int Looks = 50;

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(20);

    private readonly StagingFolder _folder = new(root);
    private FileStream? _held;
    private RunId? _run;

    public async Task<RunId> AcquireAsync(RunId run, CancellationToken cancellationToken)
    {
        if (_run is not null)
            return _run;

        try
        {
            _held = _folder.OpenOwn(Lock);
            await _folder.WriteAsync(Holder, Encoding.UTF8.GetBytes(HolderNote.Of(run)), cancellationToken);
            return _run = run;
        }
        catch (IOException) when (_held is null && File.Exists(_folder.Locate(Lock)))
        {
            return await FindHolderAsync(cancellationToken);
        }
        catch (Exception fault) when (StagingFolder.IsFailure(fault))
        {
            Dispose();
            throw _folder.Explain("Taking the run lock", fault);
        }
    }

    /// <summary>An open file is never lost while the process lives, however long it sleeps.</summary>
    public Task<bool> RenewAsync(RunId run, CancellationToken cancellationToken) => Task.FromResult(_run == run);

    public Task ReleaseAsync(RunId run, CancellationToken cancellationToken)
    {
        if (_run == run)
            Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        // First the name: while the lock is ours, nobody else writes one, and from now on nobody is told of a run that has ended.
        if (_run is not null)
            File.Delete(_folder.Locate(Holder));
        _held?.Dispose();
        (_held, _run) = (null, null);
    }

    /// <summary>The name may be a crashed holder's, and whoever has only just taken the lock has not written down its own yet.</summary>
    private async Task<RunId> FindHolderAsync(CancellationToken cancellationToken)
    {
        for (var look = 0; look < Looks; look++)
        {
            await using (var note = _folder.OpenRead(Holder))
            {
                if (note is not null && HolderNote.Run(await new StreamReader(note).ReadToEndAsync(cancellationToken)) is { } run)
                    return run;
            }

            await Task.Delay(LookAgainAfter, cancellationToken);
        }

        return RunId.Unknown;
    }

    /// <summary>A run's name together with its process, by which a crashed holder's note is told from a live one's.</summary>
    private static class HolderNote
    {
        public static string Of(RunId run) => $"{run}\n{Environment.MachineName}\n{Environment.ProcessId}\n";

        /// <summary>Null when its process is gone, or the note is not whole. Of a process on another
        /// machine sharing the folder nothing is known.</summary>
        public static RunId? Run(string note) => note.Split('\n') is [var name, var machine, var id, ""]
            && RunId.TryParse(name, out var run)
            && (machine != Environment.MachineName || Lives(id)) ? run : null;

        private static bool Lives(string id)
        {
            try
            {
                using var process = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
                return !process.HasExited;
            }
            catch (Exception gone) when (gone is ArgumentException or FormatException or InvalidOperationException)
            {
                return false;
            }
        }
    }
}

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Imgsync.Core.Staging.Folders;

/// <summary>Keeps a file that nobody reads soon from filling the memory that the system has for files: has it written out as it grows,
/// and lets go of what is on the disk. Nothing waits for the disk, so behind a slow one a part stays in memory.</summary>
/// <remarks>sync_file_range(2), posix_fadvise(2). What either of them cannot do leaves the file as it is, so their answers do not matter.
/// </remarks>
internal sealed class PageCache(SafeFileHandle file)
{
    /// <summary>In bytes: how much is handed to the disk at once.</summary>
    private const long Window = 8 << 20;

    /// <summary>In bytes: how much the disk may lag behind before something stays in memory.</summary>
    private const long Lag = 64 << 20;

    private const uint BeginWriting = 2; // SYNC_FILE_RANGE_WRITE
    private const int NotNeeded = 4; // POSIX_FADV_DONTNEED

    private long _handedOver;
    private long _letGo;

    /// <param name="end">How long the file is by now. It grows at its end only.</param>
    public void Grown(long end)
    {
        if (end - _handedOver < Window || !OperatingSystem.IsLinux())
            return;

        _ = sync_file_range(file, _handedOver, end - _handedOver, BeginWriting);
        _handedOver = end;
        if (end - _letGo < Lag + Window)
            return;

        _ = posix_fadvise(file, _letGo, end - Lag - _letGo, NotNeeded);
        _letGo = end - Lag;
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int sync_file_range(SafeFileHandle file, long offset, long length, uint flags);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int posix_fadvise(SafeFileHandle file, long offset, long length, int advice);
}

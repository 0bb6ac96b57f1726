using System.Diagnostics;
using System.Runtime.InteropServices;
using Imgsync.Core.Content;
using Microsoft.Win32.SafeHandles;

namespace Imgsync.Core.Staging.Folders;

/// <summary>A file that nobody reads soon, written past the memory that the system has for files: the disk takes the bytes from where they
/// are, which costs next to no processor time. Where a disk is too slow to be waited for, the next blocks are for the usual way.</summary>
/// <remarks>open(2), <c>O_DIRECT</c>. Not every file system has it.</remarks>
internal sealed class DirectFile : IDisposable
{
    /// <summary>In bytes: how much goes the usual way after the disk was slow, before it is tried again.</summary>
    private const long Pause = 16 << 20;

    /// <summary>How long a block may take: a quarter of a mebibyte in this time is 32 MiB a second, as a disk's head moves about.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(8);

    private readonly SafeFileHandle _file;
    private readonly TimeSpan _slow;
    private long _from;

    private DirectFile(SafeFileHandle file, TimeSpan slow) => (_file, _slow) = (file, slow);

    /// <param name="slow">A write that takes longer is slow; null for the usual time.</param>
    /// <returns>The same file, opened once more; null where it cannot be written so.</returns>
    public static DirectFile? Open(SafeFileHandle file, TimeSpan? slow = null)
    {
        var direct = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 0x4000,
            Architecture.Arm64 => 0x10000,
            _ => 0,
        };
        if (direct == 0 || !OperatingSystem.IsLinux())
            return null;

        const int WriteOnly = 1, CloseOnExec = 0x80000;
        var handle = new SafeFileHandle(
            open($"/proc/self/fd/{file.DangerousGetHandle()}", WriteOnly | CloseOnExec | direct), ownsHandle: true);
        if (!handle.IsInvalid)
            return new DirectFile(handle, slow ?? Slow);

        handle.Dispose();
        return null;
    }

    /// <returns>False when the bytes have to go the usual way.</returns>
    public async ValueTask<bool> TryWriteAsync(ReadOnlyMemory<byte> bytes, long offset, CancellationToken cancellationToken)
    {
        if (offset < _from || offset % PageBlock.Page != 0 || bytes.Length % PageBlock.Page != 0)
            return false;

        var began = Stopwatch.GetTimestamp();
        try
        {
            await RandomAccess.WriteAsync(_file, bytes, offset, cancellationToken);
        }
        catch (IOException)
        {
            _from = long.MaxValue; // what is in the way of the usual way, too, will be told by that
            return false;
        }

        if (Stopwatch.GetElapsedTime(began) > _slow)
            _from = offset + Pause;
        return true;
    }

    public void Dispose() => _file.Dispose();

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}

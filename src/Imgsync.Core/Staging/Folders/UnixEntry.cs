using System.Runtime.InteropServices;

namespace Imgsync.Core.Staging.Folders;

/// <summary>What lies at a path: .NET tells neither whose it is nor, without following a link, what it is.</summary>
/// <param name="Owner">Null where the system cannot be asked: only Linux has one form of the answer for all machines.</param>
internal readonly record struct UnixEntry(uint? Owner, UnixFileMode Mode, bool IsLink)
{
    private const int FromHere = -100; // AT_FDCWD
    private const int NotFollowing = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint BasicFacts = 0x7ff; // STATX_BASIC_STATS
    private const int Absent = 2; // ENOENT
    private const int Forbidden = 13; // EACCES
    private const int Type = 0xf000; // S_IFMT
    private const int Link = 0xa000; // S_IFLNK

    public bool IsOurs => Owner is null || Owner == geteuid();

    /// <summary>Null when nothing is there.</summary>
    /// <param name="follow">Looks behind a link.</param>
    /// <exception cref="UnauthorizedAccessException">Whether something is there is not for us to know.</exception>
    public static UnixEntry? At(string path, bool follow = false)
    {
        if (OperatingSystem.IsLinux())
        {
            // man 2 statx: the owner is at 20, the mode at 28.
            var facts = new byte[256];
            if (statx(FromHere, path, follow ? 0 : NotFollowing, BasicFacts, facts) == 0)
            {
                var mode = MemoryMarshal.Read<ushort>(facts.AsSpan(28));
                return new UnixEntry(
                    MemoryMarshal.Read<uint>(facts.AsSpan(20)), (UnixFileMode)(mode & ~Type), (mode & Type) == Link);
            }

            var fault = Marshal.GetLastPInvokeError();
            if (fault == Absent)
                return null;
            if (fault == Forbidden)
                throw new UnauthorizedAccessException($"Access to the path '{path}' is denied.");
        }

        var isLink = !follow && new FileInfo(path).LinkTarget is not null;
        return !isLink && !Path.Exists(path) ? null
            : new UnixEntry(Owner: null, isLink || OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path), isLink);
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statx(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint wanted, [Out] byte[] facts);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint geteuid();
}

using System.Globalization;
using System.Runtime.InteropServices;

namespace Imgsync.Cli.Logs;

/// <summary>Whether standard error is systemd's journal, which reads a line's level from its beginning (sd-daemon(3)).</summary>
internal static partial class Journal
{
    private const int Error = 2;
    private const int EmptyPath = 0x1000;
    private const uint InodeNumber = 0x100;
    private const int Bytes = 256;

    /// <summary>systemd says in JOURNAL_STREAM which device and inode the stream has that it gave (systemd.exec(5)); somebody may have led
    /// standard error elsewhere since.</summary>
    public static bool IsStandardError { get; } =
        Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 } stream && stream == OfStandardError();

    /// <returns><c>8:26412</c>, a device and an inode; null where the system does not say.</returns>
    private static unsafe string? OfStandardError()
    {
        if (!OperatingSystem.IsLinux())
            return null;

        try
        {
            // statx(2): unlike stat, its record is the same on every architecture.
            var record = stackalloc byte[Bytes];
            if (Ask(Error, "", EmptyPath, InodeNumber, record) != 0)
                return null;

            var (inode, major, minor) = (*(ulong*)(record + 32), *(uint*)(record + 136), *(uint*)(record + 140));
            var device = ((ulong)(major & 0xfffu) << 8) | (minor & 0xffu) // makedev(3)
                | ((ulong)(minor & ~0xffu) << 12) | ((ulong)(major & ~0xfffu) << 32);
            return string.Create(CultureInfo.InvariantCulture, $"{device}:{inode}");
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int Ask(int directory, string path, int flags, uint mask, byte* record);
}

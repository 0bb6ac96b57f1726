using System.Runtime.InteropServices;

namespace Imgsync.Cli;

/// <summary>How large the terminal behind standard output or standard error is. The runtime knows that of standard output only,
/// and the bars stand on standard error, also while the answer goes into a file (ioctl_tty(2), TIOCGWINSZ).</summary>
internal static partial class TerminalSize
{
    public const int Output = 1;
    public const int Error = 2;

    private const int DefaultColumns = 80;
    private const int DefaultRows = 24;

    private static readonly nuint Request =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is not Architecture.Ppc64le ? 0x5413u : 0x40087468u;

    /// <returns>80 by 24 where the terminal does not say.</returns>
    public static (int Columns, int Rows) Of(int descriptor)
    {
        var size = default(WindowSize);
        if (OperatingSystem.IsWindows())
            return (Math.Max(1, Console.WindowWidth), Math.Max(1, Console.WindowHeight));

        return Ask(descriptor, Request, ref size) == 0 && size is { Columns: > 0, Rows: > 0 }
            ? (size.Columns, size.Rows)
            : (DefaultColumns, DefaultRows);
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Ask(int descriptor, nuint request, ref WindowSize size);

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }
}

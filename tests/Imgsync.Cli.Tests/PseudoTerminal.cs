using System.Runtime.InteropServices;
using System.Text;

namespace Imgsync.Cli.Tests;

/// <summary>A terminal of so many columns and rows whose person is a test (pty(7)): a shell's commands run in it, keys are typed into it,
/// and its screen is looked at.</summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    private const int ReadAndWrite = 2;
    private const int NoControllingTerminal = 0x100;
    private const int NotForChildren = 0x80000;
    private const nuint SetWindowSize = 0x5414;

    private readonly int _master;
    private readonly int _slave;
    private readonly string _name;
    private readonly Thread _reader;
    private Exception? _fault;

    public PseudoTerminal(int columns, int rows)
    {
        Screen = new VirtualScreen(columns, rows);
        _master = Checked(OpenMaster(ReadAndWrite | NoControllingTerminal | NotForChildren));
        Checked(Grant(_master));
        Checked(Unlock(_master));
        var name = new byte[64];
        Checked(NameOf(_master, name, name.Length));
        _name = Encoding.ASCII.GetString(name).TrimEnd('\0');
        var size = new WindowSize { Rows = (ushort)rows, Columns = (ushort)columns };
        Checked(SetSize(_master, SetWindowSize, ref size));
        _slave = Checked(OpenSlave(_name, ReadAndWrite | NoControllingTerminal | NotForChildren)); // the screen lives until we say so
        _reader = new Thread(Read) { IsBackground = true };
        _reader.Start();
    }

    public VirtualScreen Screen { get; }

    /// <summary>Runs a shell's command with this as its controlling terminal, and comes back when all that it wrote is on the screen.
    /// </summary>
    public async Task<int> RunAsync(ProgramRun program, string command)
    {
        program.Environment["TERM"] = "xterm-256color";
        program.Environment["imgsync"] = string.Join(' ', ProgramRun.Program);
        var ended = await program.RunAsync(
            "sh", ["-c", "exec setsid --ctty --wait sh -c \"$1\" <\"$0\" >\"$0\" 2>\"$0\"", _name, command]);
        return ended.ExitCode;
    }

    public void Type(string keys)
    {
        var bytes = Encoding.UTF8.GetBytes(keys);
        Checked((int)Write(_master, bytes, bytes.Length));
    }

    /// <summary>Ends the terminal; what was written to it until now is on the screen then.</summary>
    public void Hang()
    {
        _ = Close(_slave);
        _reader.Join();
        Assert.Null(_fault);
    }

    public void Dispose() => _ = Close(_master);

    private void Read()
    {
        var bytes = new byte[4096];

        // Linux says EIO once nobody has the other side open any more.
        for (nint count; (count = Read(_master, bytes, bytes.Length)) > 0;)
        {
            try
            {
                Screen.Feed(bytes.AsSpan(0, (int)count));
            }
            catch (InvalidOperationException unknown)
            {
                _fault ??= unknown;
            }
        }
    }

    private static int Checked(int answer) =>
        answer >= 0 ? answer : throw new InvalidOperationException($"The pseudo-terminal failed: {Marshal.GetLastPInvokeErrorMessage()}.");

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenMaster(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Grant(int master);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unlock(int master);

    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NameOf(int master, byte[] name, nint length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenSlave(string name, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetSize(int master, nuint request, ref WindowSize size);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Read(int file, byte[] bytes, nint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Write(int file, byte[] bytes, nint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int file);

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }
}

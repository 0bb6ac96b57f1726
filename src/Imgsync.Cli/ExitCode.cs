namespace Imgsync.Cli;

/// <summary>What the shell is told.</summary>
internal static class ExitCode
{
    public const int Good = 0;

    /// <summary>Some distribution failed.</summary>
    public const int SomeFailed = 1;

    /// <summary>The command line or the configuration is wrong; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary><c>imgsync plan --detailed-exitcode</c>: something is to be done. The number is that of other planning tools.</summary>
    public const int ChangesPending = 2;

    /// <summary>Stopped by Ctrl-C or SIGTERM: 128 and the number of Ctrl-C's signal, as shells count.</summary>
    public const int Interrupted = 130;
}

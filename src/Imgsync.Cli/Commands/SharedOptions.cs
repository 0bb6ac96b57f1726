using System.CommandLine;

namespace Imgsync.Cli.Commands;

/// <summary>Options that every command understands.</summary>
internal sealed class SharedOptions
{
    public Option<FileInfo?> Config { get; } = new("--config", "-c")
    {
        Description = "The settings file. Default: imgsync.json here, in ~/.config/imgsync or in /etc/imgsync.",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<bool> Verbose { get; } = new("--verbose", "-v")
    {
        Description = "Tell the whole story, and the stack of what goes wrong.",
        Recursive = true,
    };
}

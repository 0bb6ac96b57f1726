using System.CommandLine;

namespace Imgsync.Cli.Commands;

/// <summary>Options that mean the same wherever they are understood.</summary>
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

    public Option<string[]> Cloud { get; } = new("--cloud") { Description = "Only this cloud; may be given more than once.", HelpName = "NAME" };

    /// <summary>Of the commands whose answer programs read, too.</summary>
    public Option<bool> Json { get; } = new("--json") { Description = "Answer in JSON." };
}

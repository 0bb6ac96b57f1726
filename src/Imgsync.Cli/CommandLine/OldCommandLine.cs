namespace Imgsync.Cli.CommandLine;

/// <summary>Understands how the Python tool <c>imgsync</c> was called: its options stood before the command
/// (<c>imgsync --config-file F --dry-run sync</c>). Cron lines and scripts keep working, with a line that says the new form.</summary>
internal static class OldCommandLine
{
    private const string ConfigFile = "--config-file";

    /// <summary>Our own options that take a value and may stand before a command.</summary>
    private static readonly string[] WithValue = ["--config", "-c", "--set", "--color"];

    /// <summary>What the new form of an option is that had none of the new one's names or places.</summary>
    private static readonly Dictionary<string, string[]> Flags = new(StringComparer.Ordinal)
    {
        ["--debug"] = ["--verbose"],
        ["-d"] = ["--verbose"],
        ["--nodebug"] = [],
        ["--dry-run"] = ["--dry-run"],
        ["--nodry-run"] = [],
        ["--download-only"] = ["--download-only"],
        ["--nodownload-only"] = [],
    };

    private static readonly Dictionary<string, Func<string, string[]>> Valued = new(StringComparer.Ordinal)
    {
        [ConfigFile] = file => ["--config", file],
        ["--log-file"] = file => ["--set", $"log.file={file}"],
    };

    /// <summary>The arguments in the new form.</summary>
    /// <returns>The very same arguments when they are in it already.</returns>
    public static string[] Translate(string[] arguments)
    {
        var (ours, moved) = (new List<string>(), new List<string>());
        for (var place = 0; place < arguments.Length; place++)
        {
            var argument = arguments[place];
            var (name, value) = argument.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals
                ? (argument[..equals], argument[(equals + 1)..])
                : (argument, (string?)null);
            if (Flags.TryGetValue(argument, out var flag))
            {
                moved.AddRange(flag);
            }
            else if (Valued.TryGetValue(name, out var option) && (value ?? arguments.ElementAtOrDefault(place + 1)) is { } given)
            {
                moved.AddRange(option(given));
                place += value is null ? 1 : 0;
            }
            else if (WithValue.Contains(argument, StringComparer.Ordinal) && place + 1 < arguments.Length)
            {
                ours.AddRange([argument, arguments[++place]]);
            }
            else if (argument.StartsWith('-'))
            {
                ours.Add(argument);
            }
            else
            {
                // From the command on, an option of that name is the command's own.
                return InNewForm(arguments, ours, moved, arguments[place..]);
            }
        }

        return arguments; // without a command it is none of the old ones
    }

    /// <summary>A command line as it can be pasted into a shell.</summary>
    public static string Quoted(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(argument =>
        argument.Length > 0 && argument.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./=:,@%+".Contains(letter))
            ? argument
            : $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'"));

    private static string[] InNewForm(string[] arguments, List<string> ours, List<string> moved, string[] command)
    {
        var isOld = ours.Count + command.Length < arguments.Length;
        return isOld ? [.. ours, command[0], .. moved, .. command[1..]] : arguments;
    }
}

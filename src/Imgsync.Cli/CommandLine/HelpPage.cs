using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Imgsync.Cli.CommandLine;

/// <summary>What every help page has: the library's sections, and examples at the end.</summary>
internal sealed class HelpPage(HelpAction sections) : SynchronousCommandLineAction
{
    private const string Option = "--help";

    /// <summary>Longer lines are hard to read, however wide the terminal is.</summary>
    private const int WidestLine = 120;

    /// <summary>Who asks for help wants to know no more of what else is wrong.</summary>
    public override bool ClearsParseErrors => true;

    public static void Arrange(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Description = "Shows this help.";
        help.Aliases.Remove("/?");
        help.Aliases.Remove("/h");
        help.Action = new HelpPage((HelpAction)help.Action!);
        root.Options.OfType<VersionOption>().Single().Description = "Shows the version.";
    }

    /// <summary>Shows the help of a command.</summary>
    public static int Show(ParseResult parsed, Command command) => parsed.RootCommandResult.Command
        .Parse([.. Examples.Path(command).Split(' ', StringSplitOptions.RemoveEmptyEntries), Option])
        .Invoke(parsed.InvocationConfiguration);

    public override int Invoke(ParseResult parseResult)
    {
        sections.MaxWidth = Math.Clamp(Console.IsOutputRedirected ? WidestLine : Console.WindowWidth, 40, WidestLine);
        var ended = sections.Invoke(parseResult);
        Write([.. Examples.Of(parseResult.CommandResult.Command)], parseResult.InvocationConfiguration.Output);
        return ended;
    }

    private static void Write((string Line, string What)[] examples, TextWriter output)
    {
        if (examples is [])
            return;

        output.WriteLine("Examples:");
        var width = examples.Max(example => example.Line.Length);
        foreach (var (line, what) in examples)
            output.WriteLine($"  {line.PadRight(width)}  {what}".TrimEnd());
        output.WriteLine();
    }
}

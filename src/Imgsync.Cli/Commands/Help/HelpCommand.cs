using System.CommandLine;
using Imgsync.Cli.CommandLine;
using Imgsync.Core;

namespace Imgsync.Cli.Commands.Help;

/// <summary><c>imgsync help sync</c>: what <c>imgsync sync --help</c> says.</summary>
internal static class HelpCommand
{
    public static Command Create()
    {
        var words = new Argument<string[]>("command")
        {
            Description = "The command to explain, such as sync or config check.",
            HelpName = "command",
            Arity = ArgumentArity.ZeroOrMore,
        };
        words.CompletionSources.Add(context => Commands(context.ParseResult.RootCommandResult.Command).Select(command => command.Name));
        var help = new Command("help", "Explains the program or one of its commands.") { words };
        help.SetAction(parsed => HelpPage.Show(
            parsed, (parsed.GetValue(words) ?? []).Aggregate(parsed.RootCommandResult.Command, Find)));
        return help;
    }

    private static Command Find(Command parent, string word) =>
        parent.Subcommands.FirstOrDefault(command => command.Name == word)
        ?? throw new ConfigurationException(
            [$"There is no command {word.Shortened()}{NearestName.Hint(word, Commands(parent).Select(command => command.Name))}."]);

    private static IEnumerable<Command> Commands(Command parent) => parent.Subcommands.Where(command => !command.Hidden);
}

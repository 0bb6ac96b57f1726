using System.CommandLine;
using Imgsync.Core;

namespace Imgsync.Cli.CommandLine;

/// <summary>What is wrong with a command line, each fault a sentence with the name that was probably meant.</summary>
internal static class UsageErrors
{
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var unmatched = parsed.UnmatchedTokens;

        if (unmatched is [] && command is { Action: null, Subcommands.Count: > 0 })
            return [$"imgsync {Examples.Path(command)} needs one of {string.Join(", ", command.Subcommands.Select(sub => sub.Name))}."];

        // The library has its own sentence about each of them.
        var others = parsed.Errors
            .Where(error => !unmatched.Any(token => error.Message.Contains($"'{token}'", StringComparison.Ordinal)))
            .Select(error => error.Message);
        return [.. unmatched.Select(token => Unmatched(token, command)).Concat(others).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Whether a word with one dash can only mean distributions to leave out.</summary>
    public static bool MayLeaveOut(string word, Command command) =>
        word is ['-', not '-', _, ..] && NearestName.Find("-" + word, Options(command).SelectMany(Names)) is null;

    /// <summary>What to say of an option that a command does not have.</summary>
    public static string NoOption(string option, Command command)
    {
        var name = option.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals ? option[..equals] : option;
        return $"There is no option {name}{Of(command)}{NearestName.Hint(name, Options(command).SelectMany(Names))}.";
    }

    /// <summary>The command itself, and the ways to it: an option of the program is one of each command.</summary>
    public static IEnumerable<Option> Options(Command command) =>
        command.Options.Concat(Ancestors(command).SelectMany(parent => parent.Options.Where(option => option.Recursive)))
            .Where(option => !option.Hidden);

    private static string Unmatched(string token, Command command)
    {
        if (token.StartsWith('-'))
            return NoOption(token, command);

        var commands = command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name).ToList();
        return commands is []
            ? $"{token} is one argument more than imgsync {Examples.Path(command)} takes."
            : $"There is no command {token}{Of(command)}{NearestName.Hint(token, commands)}.";
    }

    private static string Of(Command command) => command is RootCommand ? "" : $" of imgsync {Examples.Path(command)}";

    private static IEnumerable<string> Names(Option option) => option.Aliases.Prepend(option.Name);

    private static IEnumerable<Command> Ancestors(Command command) =>
        command.Parents.OfType<Command>().SelectMany(parent => Ancestors(parent).Prepend(parent));
}

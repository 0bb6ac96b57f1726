using System.CommandLine;
using System.CommandLine.Parsing;
using Imgsync.Cli.CommandLine;

namespace Imgsync.Cli.Commands;

/// <summary>The distributions a command is for. A misspelt option would pass as one of them, so what starts with a dash is refused,
/// unless it is a word to leave out (<c>-arm64</c>) and like no option.</summary>
internal static class KeysArgument
{
    public static Argument<string[]> Create(SharedOptions shared, string description)
    {
        var keys = new Argument<string[]>("keys") { Description = description, HelpName = "keys", Arity = ArgumentArity.ZeroOrMore };
        keys.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.StartsWith('-')))
            {
                var command = ((CommandResult)result.Parent!).Command;
                if (!UsageErrors.MayLeaveOut(token.Value, command))
                    result.AddError(UsageErrors.NoOption(token.Value, command));
            }
        });
        Completions.TeachKeys(keys, shared);
        return keys;
    }
}

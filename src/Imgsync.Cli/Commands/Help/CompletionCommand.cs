using System.CommandLine;
using Imgsync.Cli.CommandLine;

namespace Imgsync.Cli.Commands.Help;

/// <summary><c>imgsync completion bash</c>: what a shell needs to complete our command lines. The shells ask <c>imgsync complete</c>
/// at each Tab, so that they know what the settings say at that moment.</summary>
internal static class CompletionCommand
{
    public static Command Create(Terminal terminal) => new(
        "completion", "Writes the script by which a shell completes imgsync's commands, keys, clouds and settings.")
    {
        Of("bash", CompletionScripts.Bash, terminal),
        Of("zsh", CompletionScripts.Zsh, terminal),
        Of("fish", CompletionScripts.Fish, terminal),
    };

    /// <summary>What those scripts ask: the candidates for the last word, one a line, each with a tabulator and what it means.</summary>
    public static Command CreateCandidates(Terminal terminal)
    {
        var words = new Argument<string[]>("words") { Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("complete", "Says what may stand as the last word of a command line.") { words };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            var root = (RootCommand)parsed.RootCommandResult.Command;
            foreach (var (word, meaning) in Completions.Of(root, parsed.GetValue(words) ?? []))
                terminal.AnswerRaw($"{word}\t{meaning}".TrimEnd('\t'));
            return ExitCode.Good;
        });
        return command;
    }

    private static Command Of(string shell, string script, Terminal terminal)
    {
        var command = new Command(shell, $"Writes the script for {shell}.");
        command.SetAction(_ =>
        {
            terminal.AnswerRaw(script.TrimEnd('\n'));
            return ExitCode.Good;
        });
        return command;
    }
}

using System.CommandLine;
using System.Text.Json;
using Imgsync.Core;

namespace Imgsync.Cli.Display.Answers;

/// <summary>The answer for programs where there is no other, because a command failed before it had one.</summary>
/// <param name="Error">What went wrong.</param>
internal sealed record FailureAnswer(FailureAnswer.Details Error)
{
    public const string NotFound = "not-found";

    /// <param name="Kind"><c>usage</c>, <c>configuration</c>, <c>not-found</c>, or what kind of failure it was, as reports have it.</param>
    /// <param name="Faults">One sentence each.</param>
    internal sealed record Details(string Kind, IReadOnlyList<string> Faults);

    /// <summary>Shows it to whoever asked for JSON and has got none; a stream of lines ends with it.</summary>
    public static void Show(ParseResult parsed, Terminal terminal, string kind, IReadOnlyList<string> faults)
    {
        var answer = new FailureAnswer(new Details(kind, [.. faults.Select(fault => fault.OnOneLine())]));
        if (IsAsked("--json-lines"))
            terminal.AnswerRaw(JsonSerializer.Serialize(answer, LineJson.Default.FailureAnswer));
        else if (IsAsked("--json") && !terminal.HasAnswered)
            JsonAnswer.Show(terminal, answer, AnswerJson.Default.FailureAnswer);

        bool IsAsked(string option) => parsed.Tokens.Any(token => token.Value == option);
    }
}

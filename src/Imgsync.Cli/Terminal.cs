using Spectre.Console;

namespace Imgsync.Cli;

/// <summary>Where answers and the story go: answers to standard output, everything else to standard error.</summary>
internal sealed class Terminal : IDisposable
{
    private readonly TextWriter _answers = Console.Out;

    /// <summary>Standard error, as something that knows whether a person is watching.</summary>
    public IAnsiConsole Story { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Standard output, for answers that are drawn.</summary>
    public IAnsiConsole Answers { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });

    public static bool IsAnswerWatched => !Console.IsOutputRedirected;

    public static bool IsStoryWatched => !Console.IsErrorRedirected;

    public bool Verbose { get; set; }

    /// <summary>One line of an answer, as it is.</summary>
    public void Answer(string line) => _answers.WriteLine(line);

    /// <summary>One line of the story. In a file it stays one line, whatever its length; a person sees it wrapped.</summary>
    public void Tell(string line)
    {
        if (IsStoryWatched)
            Story.WriteLine(line);
        else
            Console.Error.WriteLine(line);
    }

    /// <summary>What went wrong, in one sentence; the stack only for those who asked.</summary>
    public void Complain(string sentence, Exception? failure = null)
    {
        Tell($"imgsync: {sentence}");
        if (Verbose && failure is not null)
            Tell(failure.ToString());
    }

    public void Dispose() => _answers.Flush();
}

using System.Globalization;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Spectre.Console;

namespace Imgsync.Cli;

/// <summary>Results go to standard output, progress and logs to standard error or to a log file.</summary>
internal sealed class Terminal : IDisposable
{
    private readonly TextWriter _answers = Console.Out;
    private TextWriter? _log;

    /// <summary>Standard error, as something that knows whether a person is watching.</summary>
    public IAnsiConsole Progress { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Standard output, for answers that are drawn.</summary>
    public IAnsiConsole Answers { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });

    public static bool IsAnswerWatched => !Console.IsOutputRedirected;

    public bool IsProgressWatched => _log is null && !Console.IsErrorRedirected;

    public bool Verbose { get; set; }

    /// <summary>Logs as the settings say, from here on.</summary>
    /// <exception cref="ConfigurationException">The log file cannot be written.</exception>
    public void Follow(LogOptions options)
    {
        Verbose |= options.Debug;
        if (options.File is null)
            return;

        try
        {
            // Log messages come from several threads.
            _log = TextWriter.Synchronized(new StreamWriter(options.File, append: true) { AutoFlush = true });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(
                $"The log file {options.File} cannot be written: {exception.Message.TrimEnd('.')}; correct log.file "
                    + "or the file's permissions.");
        }
    }

    /// <summary>An answer of one or more lines. What others wrote into it cannot move the cursor or hide anything.</summary>
    public void Answer(string text) => _answers.WriteLine(Harmless(text));

    /// <summary>A text of ours for another program, such as a script, letter by letter.</summary>
    public void AnswerRaw(string text) => _answers.WriteLine(text);

    /// <summary>One line of progress or log. In a file it stays one line, whatever its length; on a screen it wraps.</summary>
    public void Tell(string line) => TellAll(line.OnOneLine());

    /// <summary>A failure with its stack, over several lines.</summary>
    public void Tell(Exception failure) => TellAll(Harmless(failure.ToString()));

    /// <summary>What went wrong, in one sentence; the stack only for those who asked. Who reads
    /// a log file later did not see it on the screen.</summary>
    public void Complain(string sentence, Exception? failure = null)
    {
        var line = $"imgsync: {sentence.OnOneLine()}";
        Show(line);
        Log(line);
        if (Verbose && failure is not null)
            Tell(failure);
    }

    public void Dispose()
    {
        _answers.Flush();
        _log?.Dispose();
    }

    private static string Harmless(string text) =>
        string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.OnOneLine()));

    private void TellAll(string text)
    {
        if (_log is not null)
            Log(text);
        else
            Show(text);
    }

    private void Log(string line) => _log?.WriteLine($"{DateTimeOffset.UtcNow.ToString("u", CultureInfo.InvariantCulture)} {line}");

    private void Show(string line)
    {
        if (IsProgressWatched)
            Progress.WriteLine(line);
        else
            Console.Error.WriteLine(line);
    }
}

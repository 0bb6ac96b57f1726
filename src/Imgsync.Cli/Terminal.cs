using System.Globalization;
using Imgsync.Cli.Display;
using Imgsync.Cli.Display.Live;
using Imgsync.Cli.Logs;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Microsoft.Extensions.Logging;

namespace Imgsync.Cli;

/// <summary>Results go to standard output, progress and logs to standard error or to a log file. Each of the two is drawn for a person
/// when it is a terminal itself, wherever the other one goes.</summary>
internal sealed class Terminal : IDisposable
{
    private readonly TextWriter _answers = Console.Out;
    private readonly Lock _lock = new();
    private TextWriter? _log;
    private LiveArea? _live;
    private LiveBoard? _board;
    private bool _asJson;

    /// <summary>What is logged is about the run, the distribution and the cloud that these name.</summary>
    public LoggerExternalScopeProvider Scopes { get; } = new();

    public static bool IsAnswerWatched => !Console.IsOutputRedirected;

    /// <summary>How wide the terminal is that the answer goes to; null where it goes elsewhere.</summary>
    public int? AnswerWidth { get; } = IsAnswerWatched ? TerminalSize.Of(TerminalSize.Output).Columns : null;

    public bool IsAnswerColoured => IsColoured(IsAnswerWatched);

    /// <summary>Whether standard error is a terminal that lines can be drawn again on.</summary>
    public bool IsProgressWatched => _log is null && !_asJson && !Console.IsErrorRedirected && CanMove;

    public bool Verbose { get; set; }

    /// <summary>Something is on standard output; what goes wrong from now on is no answer of its own.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>Only what is wrong is said.</summary>
    public bool Quiet { get; set; }

    /// <summary>Nothing is said of what goes on.</summary>
    public bool WithoutProgress { get; set; }

    public ColorChoice Color { get; set; }

    private static bool CanMove => Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>Logs as the settings say, from here on.</summary>
    /// <exception cref="ConfigurationException">The log file cannot be written.</exception>
    public void Follow(LogOptions options)
    {
        Verbose |= options.Debug || options.Level is LogDetail.Debug;
        _asJson = options.Format is LogFormat.Json;
        if (options.File is null)
            return;

        try
        {
            _log?.Dispose(); // imgsync serve reads its settings before every run

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
    public void Answer(string text) => AnswerRaw(Harmless(text));

    /// <summary>A sentence, broken between words where a person reads it.</summary>
    public void AnswerSentence(string sentence)
    {
        foreach (var line in TableLayout.Wrapped(sentence.OnOneLine(), AnswerWidth ?? TableLayout.Unbounded))
            AnswerRaw(line);
    }

    /// <summary>A text of ours, or one that has been made harmless, letter by letter.</summary>
    public void AnswerRaw(string text)
    {
        HasAnswered = true;
        _answers.WriteLine(text);
    }

    /// <summary>One line of progress or log. In a file it stays one line, whatever its length; on a screen it wraps.</summary>
    public void Tell(string line, LogSubject about = default) => Tell(new LogLine(LogLevel.Information, line) { About = about });

    /// <summary>An event.</summary>
    public void Tell(LogLine line)
    {
        if (Quiet)
            return;

        line = Settled(line);
        if (_log is not null)
            Log(line, line.Message);
        else
            Show(line, line.Message, Tone.Plain);
    }

    /// <summary>A line about what the program does now; below the bars, where there are some.</summary>
    public void TellBelow(string line)
    {
        lock (_lock)
        {
            _board?.Notice(line.OnOneLine());
            _live?.Redraw();
            if (_live is null)
                Tell(line);
        }
    }

    /// <summary>Shows at once what has changed of what is drawn, if anything is.</summary>
    public void Redraw()
    {
        lock (_lock)
            _live?.Redraw();
    }

    /// <summary>What went wrong, in one sentence; the stack only for those who asked. Who reads
    /// a log file later did not see it on the screen.</summary>
    public void Complain(string sentence, Exception? failure = null, LogSubject about = default) =>
        Complain(new LogLine(LogLevel.Error, sentence) { About = about, Failure = Verbose ? failure : null }, "imgsync: ", Tone.Bad);

    /// <summary>What is worth a look.</summary>
    public void Warn(string sentence, LogSubject about = default) =>
        Complain(new LogLine(LogLevel.Warning, sentence) { About = about }, "imgsync: warning: ", Tone.Warning);

    /// <summary>Draws what goes on at the end of the screen until what is returned is disposed.</summary>
    /// <param name="now">Time since the run began.</param>
    public IDisposable Draw(LiveBoard board, Func<TimeSpan> now)
    {
        var live = new LiveArea(
            Console.Error,
            () => TerminalSize.Of(TerminalSize.Error),
            (columns, rows) => board.Render(columns, rows, now()),
            IsColoured(!Console.IsErrorRedirected));
        lock (_lock)
            (_live, _board) = (live, board);
        return new Drawing(this, live, board);
    }

    public void Dispose()
    {
        _answers.Flush();
        _log?.Dispose();
    }

    private static string Harmless(string text) =>
        string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.OnOneLine()));

    /// <summary>NO_COLOR is what no-color.org says: set to anything.</summary>
    private bool IsColoured(bool isWatched) => Color switch
    {
        ColorChoice.Always => true,
        ColorChoice.Never => false,
        _ => isWatched && CanMove && Environment.GetEnvironmentVariable("NO_COLOR") is (null or ""),
    };

    private LogLine Settled(LogLine line) =>
        line with
        {
            Message = line.Message.OnOneLine(),
            About = LogSubject.Of(Scopes, line.About) is var about && line.IsOfRun ? new LogSubject(about.Run, null, null) : about,
        };

    private void Complain(LogLine line, string prefix, Tone tone)
    {
        line = Settled(line);
        Show(line, prefix + line.Message, tone, withStack: _log is null);
        Log(line, prefix + line.Message);
    }

    private void Log(LogLine line, string text)
    {
        var at = DateTimeOffset.UtcNow;
        if (_asJson)
            _log?.WriteLine(line.AsJson(at));
        else
            _log?.WriteLine(
                $"{at.ToString("u", CultureInfo.InvariantCulture)} {line.LevelName} {text}{line.Suffix}{Stack(line)}");
    }

    /// <summary>On a screen, lines are broken between words.</summary>
    private void Show(LogLine line, string text, Tone tone, bool withStack = true)
    {
        var prefix = Journal.IsStandardError ? line.JournalPrefix : "";
        if (_asJson)
        {
            lock (_lock)
                Console.Error.WriteLine(prefix + line.AsJson(DateTimeOffset.UtcNow));
            return;
        }

        var lines = $"{text}{(Journal.IsStandardError ? line.Suffix : "")}{(withStack ? Stack(line) : "")}".Split('\n').AsEnumerable();
        if (!Console.IsErrorRedirected)
            lines = lines.SelectMany(one => TableLayout.Wrapped(one, TerminalSize.Of(TerminalSize.Error).Columns - 1));
        var shown = string.Join('\n', lines.Select(one => prefix + one.In(tone, IsColoured(!Console.IsErrorRedirected))));
        lock (_lock)
        {
            if (_live is { } live)
                live.Say(shown);
            else
                Console.Error.WriteLine(shown);
        }
    }

    private static string Stack(LogLine line) => line.Failure is null ? "" : $"\n{Harmless(line.Failure.ToString())}";

    /// <summary>The answer comes next. On the same screen it says all that the bars said, so they go; elsewhere they stay.</summary>
    private sealed class Drawing(Terminal terminal, LiveArea live, LiveBoard board) : IDisposable
    {
        public void Dispose()
        {
            lock (terminal._lock)
            {
                live.End(last: !IsAnswerWatched);
                live.Dispose();
                (terminal._live, terminal._board) = (null, null);
            }

            if (IsAnswerWatched && board.Said is { } notice)
                terminal.Tell(notice);
        }
    }
}

internal enum ColorChoice
{
    Auto,
    Always,
    Never,
}

using Microsoft.Extensions.Logging;

namespace Imgsync.Cli.Logs;

/// <summary>Writes log messages through the terminal, so that they do not tear a progress bar apart.</summary>
internal sealed class TerminalLoggerProvider(Terminal terminal) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new TerminalLogger(terminal, categoryName);

    public void Dispose()
    {
    }

    private sealed class TerminalLogger(Terminal terminal, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => terminal.Scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            terminal.Tell(new LogLine(logLevel, formatter(state, exception))
            {
                About = LogSubject.Of(state),
                Category = category,
                Event = eventId.Name,
                Failure = terminal.Verbose ? exception : null,
            });
    }
}

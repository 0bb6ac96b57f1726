using Microsoft.Extensions.Logging;

namespace Imgsync.Cli;

/// <summary>Writes log messages through the terminal, so that they do not tear a progress bar apart.</summary>
internal sealed class TerminalLoggerProvider(Terminal terminal) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new TerminalLogger(terminal);

    public void Dispose()
    {
    }

    private sealed class TerminalLogger(Terminal terminal) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            terminal.Tell(formatter(state, exception));
            if (exception is not null && terminal.Verbose)
                terminal.Tell(exception);
        }
    }
}

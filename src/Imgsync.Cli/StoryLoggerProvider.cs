using Microsoft.Extensions.Logging;

namespace Imgsync.Cli;

/// <summary>Log messages as lines of the story. They go through the terminal, so that they do not tear a progress bar apart.</summary>
internal sealed class StoryLoggerProvider(Terminal terminal) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new StoryLogger(terminal);

    public void Dispose()
    {
    }

    private sealed class StoryLogger(Terminal terminal) : ILogger
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

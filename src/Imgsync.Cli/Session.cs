using Imgsync.Cli.Logs;
using Imgsync.Core;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Configuration.Sources;
using Imgsync.Core.Notify;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Imgsync.Cli;

/// <summary>Core, wired for one command from what this machine and its user say.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private Session(ServiceProvider services) => _services = services;

    /// <exception cref="ConfigurationException">The settings cannot work.</exception>
    public static Session Open(ConfigurationSources sources, Terminal terminal)
    {
        var configuration = OptionsLoader.Load(sources, CatalogLoader.Check);
        terminal.Follow(configuration.Options.Log);
        foreach (var warning in configuration.Warnings)
            terminal.Tell(warning);

        var services = new ServiceCollection()
            .AddLogging(logging => logging
                .SetMinimumLevel(terminal.Verbose ? LogLevel.Debug : Level(configuration.Options.Log.Level))
                .AddProvider(new TerminalLoggerProvider(terminal)))
            .AddImgsync(configuration.Options, CacheFolder(sources));
        return new Session(services.BuildServiceProvider());
    }

    /// <summary>The same for a run, of which the receivers are told where the settings cannot be used.</summary>
    /// <param name="isTold">Whether they are.</param>
    /// <exception cref="ConfigurationException">The settings cannot work.</exception>
    public static async Task<Session> OpenAsync(
        ConfigurationSources sources, bool isTold, Terminal terminal, CancellationToken cancellationToken)
    {
        try
        {
            return Open(sources, terminal);
        }
        catch (ConfigurationException unusable) when (isTold)
        {
            await TellFailureAsync(sources, unusable, terminal, cancellationToken);
            throw;
        }
    }

    /// <summary>Tells the receivers that the settings name, as far as that can be done all the same.</summary>
    private static async Task TellFailureAsync(
        ConfigurationSources sources, ConfigurationException failure, Terminal terminal, CancellationToken cancellationToken)
    {
        if (OptionsLoader.ForMessages(sources) is not { } options)
            return;

        try
        {
            await using var services = new ServiceCollection().AddLogging().AddImgsync(options, CacheFolder(sources))
                .BuildServiceProvider();
            foreach (var untold in await services.GetRequiredService<FailedRuns>().TellAsync(failure, cancellationToken))
                terminal.Warn(untold);
        }
        catch (ImgsyncException unusable)
        {
            terminal.Warn(unusable.Message);
        }
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static LogLevel Level(LogDetail detail) => detail switch
    {
        LogDetail.Debug => LogLevel.Debug,
        LogDetail.Information => LogLevel.Information,
        LogDetail.Error => LogLevel.Error,
        _ => LogLevel.Warning,
    };

    /// <summary>Where programs keep what they can fetch again (XDG Base Directory Specification). A user without a home, as a service's is,
    /// gets the folder that systemd made for its state. Never a relative one: that is wherever somebody happened to start us.</summary>
    private static string CacheFolder(ConfigurationSources sources)
    {
        var cache = Absolute(Variable("XDG_CACHE_HOME")) is { } folder ? Path.Combine(folder, "imgsync") : null;
        return Absolute(sources.HomeDirectory) is { } home && Path.GetPathRoot(home) != home
            ? cache ?? Path.Combine(home, ".cache", "imgsync")
            : Absolute(Variable("STATE_DIRECTORY")?.Split(':')[0]) ?? cache ?? "/var/cache/imgsync";

        string? Variable(string name) => sources.Environment.GetValueOrDefault(name);
    }

    private static string? Absolute(string? folder) => Path.IsPathFullyQualified(folder ?? "") ? folder : null;
}

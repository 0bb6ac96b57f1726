using System.Collections.Concurrent;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Http;
using Imgsync.Core.Staging;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Publishing;

/// <summary>The configured clouds by name, each connected to once and only when it is needed.</summary>
public sealed partial class CloudDirectory(
    ImgsyncOptions options, Installation installation, TimeProvider time, ILoggerFactory loggers) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<CloudConnection>> _connections = new(StringComparer.Ordinal);
    private readonly ILogger _logger = loggers.CreateLogger<CloudDirectory>();

    /// <exception cref="ConfigurationException">No cloud of that name is configured.</exception>
    public CloudConnection Connect(string name)
    {
        var cloud = Options(name);
        return _connections.GetOrAdd(name, _ => new Lazy<CloudConnection>(() => new CloudConnection(cloud, time, loggers))).Value;
    }

    /// <exception cref="ConfigurationException">No cloud of that name is configured.</exception>
    public CloudOptions Options(string name) =>
        options.Clouds.FirstOrDefault(cloud => cloud.Name == name)
            ?? throw new ConfigurationException(
                $"Cloud {name} is not configured{NearestName.Hint(name, options.Clouds.Select(known => known.Name))}.");

    /// <summary>To be told at every run, because connections may outlive many: where somebody on the way could listen in.</summary>
    public void WarnOfInsecureClouds(IEnumerable<string> names)
    {
        if (HttpClient.DefaultProxy is EnvironmentProxy { Exclusions.Misunderstood: { Count: > 0 } entries })
            LogMisunderstood(string.Join(", ", entries).OnOneLine());
        foreach (var cloud in names.Distinct(StringComparer.Ordinal).Select(Options))
        {
            if (cloud.Auth.AuthUrl is { Scheme: "http", IsLoopback: false } keystone)
                LogPlain(cloud.Name, keystone.IdnHost);
            else if (cloud.Insecure)
                LogInsecure(cloud.Name);
        }
    }

    /// <summary>A publisher to one cloud that marks its images as made by this run.</summary>
    public async Task<ImagePublisher> PublisherAsync(string cloud, RunHold hold, CancellationToken cancellationToken) =>
        new(Connect(cloud), await MarkAsync(hold.Run, cancellationToken), hold, loggers.CreateLogger<ImagePublisher>());

    /// <summary>How images made by this run are marked.</summary>
    public async Task<RunMark> MarkAsync(RunId run, CancellationToken cancellationToken) =>
        new(await installation.NameAsync(cancellationToken), run);

    public void Dispose()
    {
        foreach (var connection in _connections.Values.Where(connection => connection.IsValueCreated))
            connection.Value.Dispose();
    }

    [LoggerMessage(
        LogLevel.Warning, "NO_PROXY has entries that are not understood and keep nothing from the proxy: {Entries}; write host names, "
            + "addresses or networks (10.0.0.0/8), each with or without a port")]
    private partial void LogMisunderstood(string entries);

    [LoggerMessage(
        LogLevel.Warning, "Certificates of cloud {Cloud} are not checked: anyone between it and us can read the "
            + "password and change images")]
    private partial void LogInsecure(string cloud);

    [LoggerMessage(
        LogLevel.Warning, "Cloud {Cloud} is signed in to over plain http ({Host}): anyone between it and us can read the "
            + "password and change images")]
    private partial void LogPlain(string cloud, string host);
}

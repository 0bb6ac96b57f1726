using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Imgsync.Testing.Upstream;

/// <summary>
/// Serves a folder over HTTP as a publisher's mirror does, with ranges, ETag and Last-Modified, and remembers what was
/// asked for.
/// </summary>
public sealed class FolderServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<ServedRequest> _requests = new();
    private readonly string _folder;
    private readonly WebApplication _application;
    private readonly Action<ServedRequest>? _log;
    private readonly long? _bytesPerSecond;

    private FolderServer(string folder, int port, Action<ServedRequest>? log, long? bytesPerSecond)
    {
        (_log, _bytesPerSecond) = (log, bytesPerSecond);
        _folder = Path.GetFullPath(folder);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        _application = builder.Build();
        _application.Run(ServeAsync);
    }

    public Uri Url => new(_application.Urls.First() + "/");

    public Uri DebianUrl => new(Url, "debian/");

    public Uri UbuntuUrl => new(Url, "ubuntu/");

    /// <summary>Every request that has ended.</summary>
    public IReadOnlyList<ServedRequest> Requests => [.. _requests];

    /// <summary>How many bytes of disk images went out.</summary>
    public long ImageBytes => _requests.Where(request => request.IsImage).Sum(request => request.BytesSent);

    /// <param name="port">Zero for a free one.</param>
    /// <param name="log">Told of every request that has ended.</param>
    /// <param name="bytesPerSecond">How fast one answer is at most.</param>
    public static async Task<FolderServer> StartAsync(
        string folder, CancellationToken cancellationToken, int port = 0, Action<ServedRequest>? log = null, long? bytesPerSecond = null)
    {
        var server = new FolderServer(folder, port, log, bytesPerSecond);
        await server._application.StartAsync(cancellationToken);
        return server;
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        var counted = new CountingStream(context.Response.Body, _bytesPerSecond);
        context.Response.Body = counted;
        try
        {
            await Answer(context.Request.Path).ExecuteAsync(context);
        }
        finally
        {
            var request = new ServedRequest(
                context.Request.Method, context.Request.Path, context.Request.Headers.Range, context.Response.StatusCode, counted.Written);
            _requests.Enqueue(request);
            _log?.Invoke(request);
        }
    }

    private IResult Answer(PathString path)
    {
        var file = Path.GetFullPath(Path.Combine(_folder, path.Value!.TrimStart('/')));
        if (!File.Exists(file) || !file.StartsWith(_folder + '/', StringComparison.Ordinal))
            return Results.NotFound();

        // The open file knows its own time, whatever links led to it.
        var content = File.OpenRead(file);
        var modified = File.GetLastWriteTimeUtc(content.SafeFileHandle);
        return Results.Stream(
            content,
            "application/octet-stream",
            lastModified: new DateTimeOffset(modified),
            entityTag: new EntityTagHeaderValue($"\"{content.Length:x}-{modified.Ticks:x}\""),
            enableRangeProcessing: true);
    }
}

/// <param name="Range">The Range header, null where the whole file was asked for.</param>
/// <param name="BytesSent">Of the body.</param>
public sealed record ServedRequest(string Method, string Path, string? Range, int Status, long BytesSent)
{
    public bool IsImage => Path.EndsWith(".qcow2", StringComparison.Ordinal) || Path.EndsWith(".img", StringComparison.Ordinal);

    public override string ToString() => $"{Method} {Path} {Status} {BytesSent}";
}

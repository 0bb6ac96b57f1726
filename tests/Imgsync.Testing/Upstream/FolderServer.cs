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
    /// <summary>What a file's name ends in that has where the name before it leads to.</summary>
    public const string Redirect = ".redirect";

    private readonly ConcurrentQueue<ServedRequest> _requests = new();
    private readonly string _folder;
    private readonly WebApplication _application;
    private readonly Action<ServedRequest>? _log;
    private readonly long? _bytesPerSecond;
    private readonly bool _lists;

    private FolderServer(string folder, int port, Action<ServedRequest>? log, long? bytesPerSecond, bool lists)
    {
        (_log, _bytesPerSecond, _lists) = (log, bytesPerSecond, lists);
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
    /// <param name="lists">Whether directories are listed, and names that end in <see cref="Redirect"/> lead elsewhere.</param>
    public static async Task<FolderServer> StartAsync(
        string folder, CancellationToken cancellationToken, int port = 0, Action<ServedRequest>? log = null, long? bytesPerSecond = null,
        bool lists = false)
    {
        var server = new FolderServer(folder, port, log, bytesPerSecond, lists);
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
            await Answer(context.Request.Path, context.Request.QueryString.Value).ExecuteAsync(context);
        }
        finally
        {
            var request = new ServedRequest(
                context.Request.Method, context.Request.Path, context.Request.Headers.Range, context.Response.StatusCode, counted.Written);
            _requests.Enqueue(request);
            _log?.Invoke(request);
        }
    }

    private static IResult Follow(string file) =>
        File.Exists(file) ? Results.Redirect(File.ReadAllText(file).Trim()) : Results.NotFound();

    /// <summary>As Apache lists a directory, or MirrorCache as a table of JSON.</summary>
    private static IResult List(string directory, bool asTable)
    {
        var names = new DirectoryInfo(directory).EnumerateFileSystemInfos()
            .Select(entry => entry is DirectoryInfo ? entry.Name + "/" : entry.Name)
            .Order(StringComparer.Ordinal);
        return asTable
            ? Results.Json(new { data = names.Select(name => new { name, mtime = 0 }) })
            : Results.Text(
                "<html><body><pre><a href=\"../\">../</a>\n" + string.Concat(names.Select(name => $"<a href=\"{name}\">{name}</a> 2026-01-01 00:00 1\n")),
                "text/html");
    }

    private IResult Answer(PathString path, string? query)
    {
        var file = Path.GetFullPath(Path.Combine(_folder, path.Value!.TrimStart('/')));
        if (_lists && file.StartsWith(_folder + '/', StringComparison.Ordinal) && path.Value.EndsWith('/'))
            return Directory.Exists(file) ? List(file, asTable: query is "?jsontable") : Follow(file.TrimEnd('/') + Redirect);
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
    public bool IsImage => new[] { ".qcow2", ".raw", ".img", ".xz" }.Any(ending => Path.EndsWith(ending, StringComparison.Ordinal));

    public override string ToString() => $"{Method} {Path} {Status} {BytesSent}";
}

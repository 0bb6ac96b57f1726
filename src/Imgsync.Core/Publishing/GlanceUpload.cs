using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.DiskImages;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Staging;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Publishing;

/// <summary>One image on its way into Glance: private, and incomplete until its content was verified. Disposing it before
/// <see cref="PublishAsync"/> has succeeded cuts the upload and deletes the image.</summary>
public sealed partial class GlanceUpload(
    GlanceClient glance, GlanceImage image, PublishOptions options, int minDisk, RunHold hold, ILogger logger) : IByteSink, IAsyncDisposable
{
    private static readonly TimeSpan CleanUpTime = TimeSpan.FromSeconds(30);

    private readonly UploadPipe _pipe = new();
    private readonly CancellationTokenSource _gaveUp = new();
    private readonly CancellationTokenSource _cut = new();
    private Task<GlanceImage>? _request;
    private VerifiedContent? _confirmed;
    private bool _published;
    private bool _disposed;

    /// <summary>How long the content is, in bytes; zero until <see cref="Begin"/>.</summary>
    public long Length { get; private set; }

    public bool HasBegun => _request is not null;

    /// <summary>Cancelled once the request has failed: no byte sent here matters any more.</summary>
    public CancellationToken GaveUp => _gaveUp.Token;

    /// <summary>Starts the request. Its length is known, because Glance checks a quota beforehand only then.</summary>
    public void Begin(long length)
    {
        Length = length;
        _request = SendAsync(length);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _pipe.WriteAsync(bytes, cancellationToken);

    /// <summary>Throws what made the request fail, once <see cref="GaveUp"/> says that it has: it is cancelled a moment before.</summary>
    public Task ThrowFailureAsync() => _request ?? throw new InvalidOperationException("Only an upload that has begun can fail.");

    /// <summary>Lets the upload complete, and compares what Glance says it holds with what was verified.</summary>
    /// <exception cref="IntegrityException">Glance holds something else than was sent.</exception>
    public async Task CompleteAsync(VerifiedContent content, CancellationToken cancellationToken)
    {
        await _pipe.ReleaseAsync(cancellationToken);
        GlanceProof.Require(await _request!.WaitAsync(cancellationToken), content.Facts);
        _confirmed = content;
    }

    /// <summary>Makes the completed image visible.</summary>
    /// <exception cref="RunLockLostException">The run has lost its lock: Glance may have taken minutes over the last block.</exception>
    public async Task<GlanceImage> PublishAsync(CancellationToken cancellationToken)
    {
        var content = _confirmed ?? throw new InvalidOperationException("Only what Glance has confirmed is published.");
        await hold.RequireAsync(cancellationToken);
        var published = await glance.PatchAsync(image.Id, Publication.Of(content, options, minDisk), cancellationToken);
        _published = true;
        return published;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;

        _disposed = true;
        if (!_published)
        {
            await _pipe.CutAsync();
            await _cut.CancelAsync();
            if (_request is not null)
                await ((Task)_request).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await RemoveAsync();
        }

        _gaveUp.Dispose();
        _cut.Dispose();
    }

    /// <summary>Never throws: what made the upload fail is the news, not that the cloud does not answer now either.</summary>
    private async Task RemoveAsync()
    {
        using var patience = new CancellationTokenSource(CleanUpTime);
        try
        {
            await glance.DeleteAsync(image.Id, patience.Token);
        }
        catch (Exception left) when (left is ImgsyncException or OperationCanceledException)
        {
            LogLeft(image.Name, image.Id, left.Message);
        }
    }

    private async Task<GlanceImage> SendAsync(long length)
    {
        try
        {
            // The body's end tells the other sinks that nobody reads on, whichever way the request ends.
            await using var body = _pipe.Body;
            return await glance.UploadAsync(image.Id, body, length, _cut.Token, options.Stores is [var first, ..] ? first : null);
        }
        catch
        {
            await _gaveUp.CancelAsync();
            throw;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Image {Name} ({Id}) stays half made and private until the next run removes it: {Reason}")]
    private partial void LogLeft(string name, string id, string reason);
}

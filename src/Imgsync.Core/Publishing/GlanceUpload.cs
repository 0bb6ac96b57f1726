using System.Net;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.DiskImages;
using Imgsync.Core.Glance;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Staging;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Publishing;

/// <summary>One image on its way into Glance: private, and incomplete until its content was verified. Disposing it before
/// <see cref="PublishAsync"/> has succeeded cuts the upload and deletes the image, unless Glance goes on with it by itself.</summary>
public sealed partial class GlanceUpload(
    CloudConnection cloud, GlanceImage image, PublishOptions options, UploadSituation situation, int minDisk, RunHold hold,
    ILogger logger) : IByteSink, IAsyncDisposable
{
    private static readonly TimeSpan CleanUpTime = TimeSpan.FromSeconds(30);

    private readonly UploadPipe _pipe = new();
    private readonly CancellationTokenSource _gaveUp = new();
    private readonly CancellationTokenSource _cut = new();
    private UploadChoice _choice = UploadRule.Choose(situation);
    private Task<GlanceImage?>? _request;
    private VerifiedContent? _confirmed;
    private bool _published;
    private bool _disposed;

    public UploadWay Way => _choice.Way;

    /// <summary>What Glance's import converts the published file to; null where it is given what the cloud is to have.</summary>
    public string? ConvertedTo => situation.ConvertedTo(Way);

    /// <summary>Why it does not go the way that was asked for; null when it does.</summary>
    public string? Warning => _choice.Warning;

    /// <summary>What Glance was asked to import; null for nothing. It goes on by itself.</summary>
    public ImportMark? Import { get; private set; }

    /// <summary>How long the content is, in bytes; zero until <see cref="Begin"/>.</summary>
    public long Length { get; private set; }

    /// <summary>Whether Glance may say what it holds by SHA-256. SHA-512 is known in any case.</summary>
    public bool NeedsSha256 { get; init; } = true;

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

    /// <summary>Lets Glance fetch the content instead of sending it.</summary>
    /// <returns>False where the cloud refuses that: another way is chosen, and nothing has been sent.</returns>
    public async Task<bool> FetchAsync(StagedLink link, VerifiedContent content, CancellationToken cancellationToken)
    {
        try
        {
            await ImportAsync(content, link, cancellationToken);
            return true;
        }
        catch (CloudRefusedException refused) when (refused.Status is HttpStatusCode.BadRequest || IsForbidden(refused))
        {
            await cloud.Glance.PatchAsync(image.Id, [PatchOperation.Remove(ImportMark.Name)], cancellationToken);
            var wasConverting = ConvertedTo is not null;
            _choice = UploadRule.Choose(situation with { Obstacle = $"this cloud refuses it ({refused.Message.TrimEnd('.')})" });
            if (wasConverting && ConvertedTo is null)
                await cloud.Glance.PatchAsync(image.Id, [PatchOperation.Set("disk_format", situation.ConvertTo!)], cancellationToken);
            return false;
        }
    }

    /// <summary>Lets the upload complete, and compares what Glance says it holds with what was verified. What goes by Glance's import is
    /// compared when that has ended: see <see cref="Import"/>.</summary>
    /// <exception cref="IntegrityException">Glance holds something else than was sent.</exception>
    /// <exception cref="UploadsRefusedException">This cloud wants the content another way.</exception>
    public async Task CompleteAsync(VerifiedContent content, CancellationToken cancellationToken)
    {
        if (Import is not null)
            return;

        await _pipe.ReleaseAsync(cancellationToken);
        if (await _request!.WaitAsync(cancellationToken) is { } uploaded)
        {
            GlanceProof.Require(uploaded, content.Facts);
            _confirmed = content;
        }
        else
        {
            await ImportAsync(content, link: null, cancellationToken);
        }
    }

    /// <summary>Makes the completed image visible.</summary>
    /// <exception cref="RunLockLostException">The run has lost its lock: Glance may have taken minutes over the last block.</exception>
    public async Task<GlanceImage> PublishAsync(CancellationToken cancellationToken)
    {
        var content = _confirmed ?? throw new InvalidOperationException("Only what Glance has confirmed is published.");
        await hold.RequireAsync(cancellationToken);
        var published = await cloud.Glance.PatchAsync(image.Id, Publication.Of(content, options, minDisk), cancellationToken);
        _published = true;
        return published;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;

        _disposed = true;
        if (!_published && Import is null)
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
            await cloud.Glance.DeleteAsync(image.Id, patience.Token);
        }
        catch (Exception left) when (left is ImgsyncException or OperationCanceledException)
        {
            LogLeft(image.Name, image.Id, left.Message);
        }
    }

    /// <returns>Null when the content is in Glance's staging area, and has to be imported.</returns>
    private async Task<GlanceImage?> SendAsync(long length)
    {
        try
        {
            // The body's end tells the other sinks that nobody reads on, whichever way the request ends.
            await using var body = _pipe.Body;
            if (Way is UploadWay.Stream && await UploadAsync(body, length) is { } uploaded)
                return uploaded;
            await cloud.Glance.Imports.StageAsync(image.Id, body, length, _cut.Token);
            return null;
        }
        catch
        {
            await _gaveUp.CancelAsync();
            throw;
        }
    }

    /// <returns>Null where this cloud takes no uploads but content for its staging area, and no byte is lost.</returns>
    private async Task<GlanceImage?> UploadAsync(Stream body, long length)
    {
        try
        {
            return await cloud.Glance.UploadAsync(
                image.Id, body, length, _cut.Token, options.Stores is [var first, ..] ? first : null);
        }
        catch (CloudRefusedException refused) when (options.Upload is not UploadMethod.Stream && IsForbidden(refused))
        {
            var offered = await cloud.Glance.Imports.MethodsAsync(_cut.Token);
            var other = UploadRule.Choose(situation with { Offered = offered, UploadsAreRefused = true });
            if (other.Way is UploadWay.Stream)
                throw;

            cloud.Glance.Imports.UploadsAreRefused = true;
            LogRefused(cloud.Name, refused.Message);
            if (other.Way is UploadWay.WebDownload || _pipe.IsTouched)
                throw new UploadsRefusedException(refused);
            _choice = other;
            return null;
        }
    }

    private async Task ImportAsync(VerifiedContent content, StagedLink? link, CancellationToken cancellationToken)
    {
        var mark = ImportMark.Of(content, await cloud.Keystone.GetTimeAsync(cancellationToken), link?.Name, ConvertedTo);

        // Before the import: Glance forgets changes that are made meanwhile.
        await cloud.Glance.PatchAsync(image.Id, [PatchOperation.Set(ImportMark.Name, mark.ToString())], cancellationToken);
        await cloud.Glance.Imports.StartAsync(image.Id, link?.Url, options.Stores, cancellationToken);
        Import = mark;
    }

    private static bool IsForbidden(CloudRefusedException refused) =>
        refused.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed;

    [LoggerMessage(LogLevel.Information, "Cloud {Cloud} takes no uploads, so images go by Glance's import: {Reason}")]
    private partial void LogRefused(string cloud, string reason);

    [LoggerMessage(LogLevel.Warning, "Image {Name} ({Id}) stays half made and private until the next run removes it: {Reason}")]
    private partial void LogLeft(string name, string id, string reason);
}

/// <summary>A cloud takes no uploads, and wants the content another way: from the start, out of the staged copy.</summary>
internal sealed class UploadsRefusedException(CloudRefusedException refused) : ImgsyncException(refused.Message, refused);

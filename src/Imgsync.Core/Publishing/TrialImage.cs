using System.Net;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Glance;
using Imgsync.Core.Glance.Api;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Publishing;

/// <summary>
/// One byte in Glance to try permissions on: private from first to last. It carries our marks and the operator's properties, because a
/// cloud may protect them, but never both digests, so that a later run takes it for a leftover should nobody be left to remove it.
/// Disposing it removes it. Each step says what it did.
/// </summary>
/// <param name="looks">Its name begins as all names of ours, and it has their properties.</param>
public sealed partial class TrialImage(GlanceClient glance, PublishOptions looks, ILogger<TrialImage> logger) : IAsyncDisposable
{
    private static readonly TimeSpan CleanUpTime = TimeSpan.FromSeconds(30);

    // Chosen by us: it can be deleted even when the answer to its creation got lost.
    private readonly Guid _id = Guid.NewGuid();
    private GlanceImage? _image;
    private bool _mayBeThere;

    public async Task<string> CreateAsync(CancellationToken cancellationToken)
    {
        _mayBeThere = true;
        _image = await glance.CreateAsync(
            new NewImage
            {
                Id = _id,
                Name = $"{looks.Prefix}imgsync config check",
                DiskFormat = "raw",
                Properties = Properties(),
            },
            cancellationToken);
        return $"a private image ({_id}) with imgsync's marks and the configured properties";
    }

    public async Task<string> UploadAsync(CancellationToken cancellationToken)
    {
        using var content = new MemoryStream([0]);
        try
        {
            await glance.UploadAsync($"{_id}", content, content.Length, cancellationToken);
            return "one byte";
        }
        catch (CloudRefusedException refused) when (looks.Upload is not UploadMethod.Stream && refused.Status is HttpStatusCode.Forbidden)
        {
            var offered = await glance.Imports.MethodsAsync(cancellationToken);
            if (!offered.Contains(GlanceImports.Direct, StringComparer.Ordinal))
                throw;

            using var again = new MemoryStream([0]);
            await glance.Imports.StageAsync($"{_id}", again, again.Length, cancellationToken);
            return "one byte into Glance's staging area: this cloud takes no uploads, so images are imported (glance-direct)";
        }
    }

    /// <summary>Asks whether the visibility would be granted; it is not.</summary>
    public async Task<string> RehearseAsync(ImageVisibility visibility, CancellationToken cancellationToken)
    {
        await Publication.RehearseAsync(glance, _image!, visibility, cancellationToken);
        return "it would be allowed";
    }

    public async Task<string> DeleteAsync(CancellationToken cancellationToken)
    {
        await glance.DeleteAsync($"{_id}", cancellationToken);
        _mayBeThere = false;
        return "the image is gone again";
    }

    /// <summary>Never throws: what ended the check is the news.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_mayBeThere)
            return;

        using var patience = new CancellationTokenSource(CleanUpTime);
        try
        {
            await glance.DeleteAsync($"{_id}", patience.Token);
        }
        catch (Exception left) when (left is ImgsyncException or OperationCanceledException)
        {
            LogLeft(_id, left.Message);
        }
    }

    private Dictionary<string, string> Properties() => new(looks.Properties, StringComparer.Ordinal)
    {
        [ImageMarks.Source] = ImageMarks.Imgsync,
        [ImageMarks.Distribution] = "config-check",
        [ImageMarks.Revision] = "0",
        [ImageMarks.Digest(DigestAlgorithm.Sha256)] = new string('0', 64),

        // An installation of its own: a run that is under way here must not take it for its predecessor's.
        [ImageMarks.Run] = new RunMark("check", RunId.Parse(_id.ToString("n"))).ToString(),
    };

    [LoggerMessage(LogLevel.Warning, "The check's image {Id} stays, private and with one byte: {Reason}")]
    private partial void LogLeft(Guid id, string reason);
}

using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Glance;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Staging;

namespace Imgsync.Core.Publishing;

/// <summary>An image that Glance imports by itself, looked at from time to time until it can be published or has failed.</summary>
/// <param name="now">By the cloud's clock.</param>
public sealed class GlanceImport(
    CloudConnection cloud, GlanceImage image, ImportMark mark, PublishOptions options, int minDisk, RunHold hold, DateTimeOffset now)
{
    private const string Plugins = " A plugin of Glance's import may have made another image of it, as image_conversion does: set "
        + "publish.conversion to glance and publish.diskFormat to raw where it makes raw images, set publish.upload to stream, or have the "
        + "plugin switched off (image_import_plugins in glance-image-import.conf).";

    private const string Otherwise = "have the cloud's operator set image_import_plugins to image_conversion and its output_format to "
        + "raw (glance-image-import.conf), or set publish.conversion to imgsync.";

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly string _attempted = $"Cannot import image {image.Id} on cloud '{cloud.Name}'";

    /// <summary>Whether Glance has done all that it will do.</summary>
    public bool IsOver { get; private set; }

    /// <summary>How long to wait before the next look: half as long as it has taken.</summary>
    public static TimeSpan Wait(ImportMark mark, DateTimeOffset now)
    {
        var wait = (now - mark.Since) / 2;
        return wait < ShortestWait ? ShortestWait : wait > LongestWait ? LongestWait : wait;
    }

    /// <summary>Publishes the image if Glance has done its part; an import that failed is removed.</summary>
    /// <returns>Null while Glance is at it.</returns>
    /// <exception cref="IntegrityException">Glance has something else than it was given.</exception>
    public async Task<GlanceImage?> EndAsync(CancellationToken cancellationToken)
    {
        var seen = await cloud.Glance.ShowAsync(image.Id, cancellationToken);
        var isLate = now - mark.Since >= options.ImportTimeout;
        if (seen is { Status: "active" or "deactivated", ImportingToStores: [] } && (isLate || !await IsAtItAsync(seen, cancellationToken)))
            return await PublishAsync(seen, isLate, cancellationToken);
        IsOver = seen is not { Status: "queued" or "uploading" or "importing" or "active" or "deactivated" };
        if (IsOver)
            throw new CloudRefusedException(
                $"{_attempted}: it was {seen?.Status ?? "gone"} when Glance was looked at again; somebody deleted it, or Glance's store "
                    + "refused it, which Glance's log tells.");

        if (await FailureAsync(seen!, cancellationToken) is { } failure)
        {
            await RemoveAsync(cancellationToken);
            throw failure;
        }

        if (isLate)
        {
            await RemoveAsync(cancellationToken);
            throw new CloudRefusedException(
                $"{_attempted}: Glance was not done after {options.ImportTimeout.InWords()}, and the image was still {seen!.Status}, so "
                    + "it was deleted; look at Glance's log for why it does not end, or raise publish.importTimeout.");
        }

        return null;
    }

    /// <summary>At its end an import reads and saves the whole image once more, after the last store has it: what is changed meanwhile is
    /// lost. Its task says when that is over, or the image's lock where the cloud tells of no task.</summary>
    private async Task<bool> IsAtItAsync(GlanceImage seen, CancellationToken cancellationToken) =>
        await cloud.Glance.Imports.TaskAsync(image.Id, cancellationToken) is { } task
            ? task.Status is "pending" or "processing"
            : seen.ImportTask is not null;

    private async Task RemoveAsync(CancellationToken cancellationToken)
    {
        IsOver = true;
        await cloud.Glance.DeleteAsync(image.Id, cancellationToken);
    }

    /// <returns>Null where Glance has forgotten it again: the next look publishes it anew.</returns>
    private async Task<GlanceImage?> PublishAsync(GlanceImage seen, bool isLate, CancellationToken cancellationToken)
    {
        IsOver = true;
        try
        {
            RequireConverted(seen);
            GlanceProof.Require(seen, mark.Facts, Plugins);
        }
        catch (IntegrityException)
        {
            await RemoveAsync(cancellationToken);
            throw;
        }

        await hold.RequireAsync(cancellationToken);
        await cloud.Glance.PatchAsync(
            image.Id, [.. Publication.Of(mark.ToContent(), options, minDisk), PatchOperation.Remove(ImportMark.Name)], cancellationToken);

        // The answer to a patch says what was asked for, and not what an import that saves the image at the same moment leaves of it.
        var shown = await cloud.Glance.ShowAsync(image.Id, cancellationToken);
        if (shown is not null && IsPublished(shown))
            return shown;

        return isLate || shown is null
            ? throw new CloudUnavailableException(
                $"Cannot publish image {image.Id} on cloud '{cloud.Name}': it was {(shown is null ? "gone" : "as before")} when it was "
                    + "looked at afterwards; look at its tasks in Glance, and at who else changes images there.")
            : null;
    }

    private bool IsPublished(GlanceImage shown) =>
        shown.Properties.GetValueOrDefault(ImageMarks.Finished) is "true"
        && !shown.Properties.ContainsKey(ImportMark.Name)
        && shown.Visibility == options.Visibility.InGlance();

    /// <summary>What Glance converts is not what it was sent, but what we know that must come of it.</summary>
    private void RequireConverted(GlanceImage seen)
    {
        if (mark.ConvertTo is not { } wanted || GlanceProof.DigestOf(seen) is not { } held)
            return;

        var isUnchanged = seen.Size == mark.Published.Length && mark.Published[held.Algorithm] == held;
        var format = (seen.DiskFormat ?? "an unknown format").OnOneLine().Shortened();
        if (isUnchanged)
            throw new IntegrityException(
                $"Glance has not converted image {seen.Name} ({image.Id}) to {wanted} but holds the published {format} file as it is, so "
                    + $"it was deleted: {Otherwise}");
        if (format != wanted)
            throw new IntegrityException(
                $"Glance has converted image {seen.Name} ({image.Id}) to {format} and not to {wanted}, so it was deleted: {Otherwise}");
        if (mark.Facts[held.Algorithm] is { } expected && (seen.Size != mark.Facts.Length || held != expected))
            throw new IntegrityException(
                $"Glance has converted image {seen.Name} ({image.Id}) to {seen.Size} bytes with {held}, where the published file holds "
                    + $"{mark.Facts.Length} bytes with {expected}, so it was deleted: look at Glance's log, or set publish.conversion to "
                    + "imgsync.");
    }

    /// <summary>Null while it goes on. Glance tells in more than one place, and no place is there in every version.</summary>
    private async Task<CloudUnavailableException?> FailureAsync(GlanceImage seen, CancellationToken cancellationToken)
    {
        if (seen.ImportTask is not null)
            return null;

        // A plugin that fails leaves the image importing, for its task alone to tell.
        var task = await cloud.Glance.Imports.TaskAsync(image.Id, cancellationToken);
        var isBack = seen is { Status: "queued" or "uploading", ImportingToStores: [], FailedStores: [_, ..] };
        if (task is not { Status: "failure" } && (!isBack || task is { Status: "pending" or "processing" }))
            return null;

        var stores = seen.FailedStores is [] ? "" : $" into {string.Join(", ", seen.FailedStores).OnOneLine()} (os_glance_failed_import)";
        var said = task is { Message: not "" } ? $", whose task says \"{task.Message.TrimEnd('.')}\"" : "";
        var advice = mark.ConvertTo is not null
            ? "it may not reach the storage account, its store or its disk may be full, or its plugin may not be able to convert the "
                + "image, which Glance's log tells"
            : mark.Link is null
            ? "its store may be full or out of order, which Glance's log tells"
            : "it may not reach the storage account, or its store may be full, which Glance's log tells";
        return new CloudUnavailableException($"{_attempted}: it failed in Glance{stores}{said}; {advice}.");
    }
}

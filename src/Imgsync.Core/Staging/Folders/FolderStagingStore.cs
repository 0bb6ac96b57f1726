using System.Text.Json;
using System.Text.Json.Serialization;
using Imgsync.Core.Content;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Staging.Folders;

/// <summary>Staged images in a folder. Beside <c>name</c> lies <c>name.facts</c> with its digests; an unfinished copy is
/// <c>name.partial</c>, locked by its writer, and turns into <c>name</c> by one rename.</summary>
public sealed class FolderStagingStore(string root, TimeProvider time) : IStagingStore
{
    internal const string Facts = ".facts";

    /// <summary>In blob storage, a lifecycle policy of the account deletes reports.</summary>
    private static readonly TimeSpan ReportAge = TimeSpan.FromDays(365);

    private readonly StagingFolder _folder = new(root);

    public async Task<StagedImage?> FindAsync(ResolvedImage image, CancellationToken cancellationToken)
    {
        var name = StagedImage.NameOf(image);
        var content = new FileInfo(_folder.Locate(name));
        await using var facts = _folder.OpenRead(name + Facts);
        return content.Exists && facts is not null && await ParseAsync(facts, cancellationToken) is { } known
            && known.Length == content.Length && known[image.Digest.Algorithm] == image.Digest
                ? new StagedImage(name, known)
                : null;
    }

    public async Task<IStagingWriter> WriteAsync(ResolvedImage image, CancellationToken cancellationToken)
    {
        var name = StagedImage.NameOf(image);
        try
        {
            return await FolderStagingWriter.OpenAsync(_folder, name, cancellationToken);
        }
        catch (IOException busy) when (File.Exists(_folder.Locate(name) + StagingFolder.Unfinished))
        {
            throw new StagingUnavailableException(
                $"Staging {image.Distribution} in {root} failed: another process is writing the same image ({busy.Message}) "
                    + "Wait for it to end.", busy);
        }
        catch (Exception fault) when (StagingFolder.IsFailure(fault))
        {
            throw _folder.Explain($"Staging {image.Distribution}", fault);
        }
    }

    public Task<Stream> ReadAsync(StagedImage image, CancellationToken cancellationToken) => Task.FromResult<Stream>(
        _folder.OpenRead(image.Name)
            ?? throw new StagingUnavailableException(
                $"Reading {image.Name} in {root} failed: it has been removed; it is fetched anew at the next try."));

    public Task DeleteAsync(StagedImage image, CancellationToken cancellationToken)
    {
        DeleteWithFacts(_folder.Locate(image.Name));
        return Task.CompletedTask;
    }

    public Task SweepAsync(TimeSpan unfinishedAge, TimeSpan stagedAge, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        foreach (var path in _folder.Files())
        {
            var unfinished = path.EndsWith(StagingFolder.Unfinished, StringComparison.Ordinal);
            if (unfinished && (IsOlderThan(unfinishedAge) || IsOvertaken(path)))
                DeleteUnlessBusy(path);
            else if (!unfinished && IsStaged(path) && IsOlderThan(stagedAge))
                DeleteWithFacts(path);
            else if ((IsWidowed(path) && IsOlderThan(unfinishedAge)) || (IsReport(path) && IsOlderThan(ReportAge)))
                File.Delete(path);

            bool IsOlderThan(TimeSpan age) => now - File.GetLastWriteTimeUtc(path) >= age;
        }

        return Task.CompletedTask;
    }

    /// <summary>Removes an unfinished copy whose writer is gone; one that is being written is left alone.</summary>
    private void DeleteUnlessBusy(string path)
    {
        try
        {
            using var mine = _folder.OpenOwn(path);
            File.Delete(path);
            File.Delete(path + FolderStagingWriter.Mark);
        }
        catch (IOException)
        {
            // Somebody holds the lock: it is a live copy, not a leftover.
        }
    }

    /// <summary>Null for damaged facts: an image without them is not staged, and is fetched again.</summary>
    private static async Task<ContentFacts?> ParseAsync(Stream facts, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(facts, StagingJson.Default.ContentFacts, cancellationToken) is
            { Sha512: not null } whole ? whole : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A staged image is what has its facts beside it.</summary>
    private static bool IsStaged(string path) => File.Exists(path + Facts);

    /// <summary>A younger image of the distribution is staged, so this one will never be published.</summary>
    private static bool IsOvertaken(string path) => Directory.EnumerateFiles(Path.GetDirectoryName(path)!, "*" + Facts)
        .Any(facts => File.GetLastWriteTimeUtc(facts) > File.GetLastWriteTimeUtc(path));

    /// <summary>What describes a copy that is not there, because the process that wrote it was killed in between.</summary>
    private static bool IsWidowed(string path) => new[] { Facts, FolderStagingWriter.Mark }
        .Any(
            ending =>
                path.EndsWith(ending, StringComparison.Ordinal)
                    && !File.Exists(path[..^ending.Length])
                    && !File.Exists(path[..^ending.Length] + StagingFolder.Unfinished));

    private bool IsReport(string path) =>
        path.StartsWith(_folder.Locate("reports") + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static void DeleteWithFacts(string path)
    {
        File.Delete(path);
        File.Delete(path + Facts);
    }
}

/// <summary>Writes and reads the facts beside a staged copy by code that is generated when Imgsync is
/// built, because reflection takes time in every run.</summary>
[JsonSerializable(typeof(ContentFacts))]
internal sealed partial class StagingJson : JsonSerializerContext;

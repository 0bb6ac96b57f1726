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

    public async Task<StagedImage?> FindAsync(ResolvedImage image, CancellationToken cancellationToken)
    {
        var name = StagedName.Of(image);
        var (content, facts) = (Locate(name), Locate(name) + Facts);
        if (!File.Exists(content) || !File.Exists(facts))
            return null;

        var known = Parse(await File.ReadAllBytesAsync(facts, cancellationToken));
        return known?.Length == new FileInfo(content).Length && known[image.Digest.Algorithm] == image.Digest
            ? new StagedImage(name, known)
            : null;
    }

    public Task<IStagingWriter> WriteAsync(ResolvedImage image, CancellationToken cancellationToken)
    {
        var name = StagedName.Of(image);
        var path = Locate(name);
        try
        {
            StagingFolder.Make(root, path);
            return Task.FromResult<IStagingWriter>(new FolderStagingWriter(name, path));
        }
        catch (IOException busy) when (File.Exists(path + FolderStagingWriter.Unfinished))
        {
            throw new StagingUnavailableException(
                $"Staging {image.Distribution} in {root} failed: another process is writing the same image ({busy.Message}) "
                    + "Wait for it to end.", busy);
        }
        catch (Exception fault) when (FolderFailure.IsOne(fault))
        {
            throw FolderFailure.Of($"Staging {image.Distribution}", root, fault);
        }
    }

    public Task<Stream> ReadAsync(StagedImage image, CancellationToken cancellationToken) =>
        Task.FromResult<Stream>(
            new FileStream(
                Locate(image.Name), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, useAsync: true));

    public Task DeleteAsync(StagedImage image, CancellationToken cancellationToken)
    {
        DeleteWithFacts(Locate(image.Name));
        return Task.CompletedTask;
    }

    public Task SweepAsync(TimeSpan unfinishedAge, TimeSpan stagedAge, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        foreach (var path in Directory.Exists(root) ? Directory.GetFiles(root, "*", SearchOption.AllDirectories) : [])
        {
            var unfinished = path.EndsWith(FolderStagingWriter.Unfinished, StringComparison.Ordinal);
            if (unfinished && IsOlderThan(unfinishedAge))
                FolderStagingWriter.DeleteUnlessBusy(path);
            else if (!unfinished && IsStaged(path) && IsOlderThan(stagedAge))
                DeleteWithFacts(path);
            else if (IsWidowed(path) && IsOlderThan(unfinishedAge))
                File.Delete(path);

            bool IsOlderThan(TimeSpan age) => now - File.GetLastWriteTimeUtc(path) >= age;
        }

        return Task.CompletedTask;
    }

    /// <summary>Null for damaged facts: an image without them is not staged, and is fetched again.</summary>
    private static ContentFacts? Parse(byte[] facts)
    {
        try
        {
            return JsonSerializer.Deserialize(facts, StagingJson.Default.ContentFacts) is { Sha256: not null, Sha512: not null } whole
                ? whole
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A staged image is what has its facts beside it.</summary>
    private static bool IsStaged(string path) => File.Exists(path + Facts);

    /// <summary>What describes a copy that is not there, because the process that wrote it was killed in between.</summary>
    private static bool IsWidowed(string path) => new[] { Facts, FolderStagingWriter.Mark }
        .Any(
            ending =>
                path.EndsWith(ending, StringComparison.Ordinal)
                    && !File.Exists(path[..^ending.Length])
                    && !File.Exists(path[..^ending.Length] + FolderStagingWriter.Unfinished));

    private static void DeleteWithFacts(string path)
    {
        File.Delete(path);
        File.Delete(path + Facts);
    }

    private string Locate(string name) => Path.Combine(root, name);
}

/// <summary>Writes and reads the facts beside a staged copy by code that is generated when Imgsync is
/// built, because reflection takes time in every run.</summary>
[JsonSerializable(typeof(ContentFacts))]
internal sealed partial class StagingJson : JsonSerializerContext;

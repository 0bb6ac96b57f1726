using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Imgsync.Core.Content;

namespace Imgsync.Core.Staging.Folders;

/// <summary>One unfinished copy in a folder. The open file is the lock: the system lets go of it when the process dies.</summary>
internal sealed class FolderStagingWriter : IStagingWriter
{
    public const string Unfinished = ".partial";
    public const string Mark = ".version";

    private readonly string _name;
    private readonly string _path;
    private readonly FileStream _file;
    private UnfinishedMark _mark;

    public FolderStagingWriter(string name, string path)
    {
        _name = name;
        _path = path;
        _file = new FileStream(
            path + Unfinished, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, useAsync: true);
        Kept = _file.Length;
        _mark = File.Exists(MarkPath) ? Read(File.ReadAllLines(MarkPath)) : new UnfinishedMark(Version: null);
        _file.Position = Kept;
    }

    public long Kept { get; private set; }

    public string? KeptVersion => _mark.Version;

    private string MarkPath => _path + Unfinished + Mark;

    public Task<long> ClaimAsync(string work, CancellationToken cancellationToken)
    {
        var claimed = _mark.ClaimedBy(work, Kept);
        if (claimed != _mark && Kept > 0)
            return SaveAsync(claimed, cancellationToken);

        _mark = claimed; // the first block of a new copy is preceded by a restart, which writes the mark
        return Task.FromResult(_mark.Before);
    }

    public Task<Stream> ReadKeptAsync(CancellationToken cancellationToken)
    {
        // Nothing is appended while the kept bytes are read, so one position serves both and ends where appending begins.
        _file.Position = 0;
        return Task.FromResult<Stream>(_file);
    }

    public async Task RestartAsync(string? version, CancellationToken cancellationToken)
    {
        _file.SetLength(0);
        Kept = 0;
        await SaveAsync(_mark.Restarted(version), cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _file.WriteAsync(bytes, cancellationToken);
        }
        catch (IOException fault)
        {
            // What does not fit is given back: the report of this very failure needs room, too.
            var written = _file.Length;
            _file.SetLength(0);
            throw new StagingException(
                $"Writing {_path}{Unfinished} failed after {written} bytes: {fault.Message} Free space there, or set "
                    + "staging.folder to another disk.", fault);
        }
    }

    public async Task<StagedImage> CommitAsync(ContentFacts facts, CancellationToken cancellationToken)
    {
        // Not flushed to the disk: a copy that a power cut damaged is found out when it is hashed on its way to Glance.
        await File.WriteAllTextAsync(
            _path + FolderStagingStore.Facts, JsonSerializer.Serialize(facts, StagingJson.Default.ContentFacts), cancellationToken);
        File.Move(_path + Unfinished, _path, overwrite: true);
        File.Delete(MarkPath);
        await _file.DisposeAsync(); // the lock has moved along with the file, and readers are welcome now
        return new StagedImage(_name, facts);
    }

    public Task DiscardAsync(CancellationToken cancellationToken)
    {
        File.Delete(_path + Unfinished);
        File.Delete(MarkPath);
        return Task.CompletedTask;
    }

    /// <summary>Removes an unfinished copy whose writer is gone; one that is being written is left alone.</summary>
    public static void DeleteUnlessBusy(string path)
    {
        try
        {
            using var mine = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            File.Delete(path);
            File.Delete(path + Mark);
        }
        catch (IOException)
        {
            // Somebody holds the lock: it is a live copy, not a leftover.
        }
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    /// <summary>A line each: version, work, bytes before that work. The first may be the only one.</summary>
    private static UnfinishedMark Read(string[] lines) => lines switch
    {
        [] => new UnfinishedMark(Version: null),
        [var version, var work, var before] when long.TryParse(before, CultureInfo.InvariantCulture, out var bytes) =>
            new UnfinishedMark(Text(version), Text(work), bytes),
        [var version, ..] => new UnfinishedMark(Text(version)),
    };

    private async Task<long> SaveAsync(UnfinishedMark mark, CancellationToken cancellationToken)
    {
        await File.WriteAllLinesAsync(
            MarkPath, [mark.Version ?? "", mark.Work ?? "", mark.Before.ToString(CultureInfo.InvariantCulture)], cancellationToken);
        _mark = mark;
        return mark.Before;
    }

    private static string? Text(string line) => line is "" ? null : line;
}

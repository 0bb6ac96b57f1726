using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Imgsync.Core.Content;

namespace Imgsync.Core.Staging.Folders;

/// <summary>One unfinished copy in a folder. The open file is the lock: the system lets go of it when the process dies.</summary>
internal sealed class FolderStagingWriter : IStagingWriter
{
    public const string Mark = ".version";

    /// <summary>What a full disk gets back of a copy: the report of this very failure needs room, too.</summary>
    private const long GivenBack = 4 << 20;

    private readonly StagingFolder _folder;
    private readonly string _name;
    private readonly FileStream _file;
    private UnfinishedMark _mark;
    private PageCache? _cache;
    private DirectFile? _direct;
    private bool _done;

    private FolderStagingWriter(StagingFolder folder, string name, FileStream file, UnfinishedMark mark)
    {
        (_folder, _name, _file, _mark) = (folder, name, file, mark);
        Kept = file.Length;
        file.Position = Kept;
    }

    public long Kept { get; private set; }

    public string? KeptVersion => _mark.Version;

    private string FinalPath => _folder.Locate(_name);

    private string MarkPath => _file.Name + Mark;

    public static async Task<IStagingWriter> OpenAsync(StagingFolder folder, string name, CancellationToken cancellationToken)
    {
        var file = folder.OpenOwn(name + StagingFolder.Unfinished);
        try
        {
            await using var mark = folder.OpenRead(file.Name + Mark);
            return new FolderStagingWriter(
                folder, name, file,
                UnfinishedMark.Parse(mark is null ? "" : await new StreamReader(mark).ReadToEndAsync(cancellationToken)));
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    public void ReadLater()
    {
        _cache = new PageCache(_file.SafeFileHandle);
        _direct = DirectFile.Open(_file.SafeFileHandle);
    }

    public async Task<long> ClaimAsync(string work, CancellationToken cancellationToken)
    {
        if (work != _mark.Work)
        {
            _mark = _mark with { Work = work, Before = Kept };
            if (Kept > 0) // else the first block of a new copy is preceded by a restart, which writes the mark
                await SaveMarkAsync(cancellationToken);
        }

        return _mark.Before;
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
        (Kept, _mark) = (0, _mark with { Version = version, Before = 0 });
        await SaveMarkAsync(cancellationToken);
    }

    public Task ForgetVersionAsync(CancellationToken cancellationToken)
    {
        _mark = _mark with { Version = null };
        return SaveMarkAsync(cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            if (_direct is not null && await _direct.TryWriteAsync(bytes, _file.Position, cancellationToken))
            {
                _file.Position += bytes.Length;
                return;
            }

            await _file.WriteAsync(bytes, cancellationToken);
            _cache?.Grown(_file.Position);
        }
        catch (IOException fault)
        {
            var written = _file.Length;
            _file.SetLength(Math.Max(0, written - GivenBack));
            throw new StagingException(
                $"Writing {_file.Name} failed after {written} bytes: {fault.Message} Free space there, or set "
                    + "staging.folder to another disk.", fault);
        }
    }

    public async Task<StagedImage> CommitAsync(ContentFacts facts, CancellationToken cancellationToken)
    {
        // Not flushed to the disk: a copy that a power cut damaged is found out when it is hashed on its way to Glance.
        await _folder.WriteAsync(
            _name + FolderStagingStore.Facts, JsonSerializer.SerializeToUtf8Bytes(facts, StagingJson.Default.ContentFacts),
            cancellationToken);
        File.Move(_file.Name, FinalPath, overwrite: true);
        File.Delete(MarkPath);
        _done = true;
        await _file.DisposeAsync(); // the lock has moved along with the file, and readers are welcome now
        return new StagedImage(_name, facts);
    }

    public Task DiscardAsync(CancellationToken cancellationToken)
    {
        _done = true; // from here on, the name may be another writer's
        File.Delete(_file.Name);
        File.Delete(MarkPath);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _direct?.Dispose();
        if (!_done && _file.Length == 0)
            await DiscardAsync(CancellationToken.None); // nothing to go on from
        await _file.DisposeAsync();
    }

    private Task SaveMarkAsync(CancellationToken cancellationToken) =>
        _folder.WriteAsync(MarkPath, Encoding.UTF8.GetBytes(_mark.ToString()), cancellationToken);
}

using Azure.Storage.Blobs;
using BenchmarkDotNet.Attributes;
using Imgsync.Core.Content;
using Imgsync.Core.Staging;
using Imgsync.Core.Staging.Blobs;
using Imgsync.Core.Staging.Folders;
using Imgsync.Testing;

namespace Imgsync.Micro;

/// <summary>Staging 64 MiB in a pass's blocks, then throwing them away: into a folder, and
/// into the storage that IMGSYNC_TEST_AZURITE names.</summary>
[MemoryDiagnoser]
public class BlockWriter
{
    private readonly byte[] _block = new byte[BytePass.BlockBytes];
    private DirectoryInfo? _folder;
    private IStagingStore _store = null!;

    public static IEnumerable<string> Stores => Connection is null ? ["folder"] : ["folder", "blob"];

    [ParamsSource(nameof(Stores))]
    public string Store { get; set; } = "";

    private static string? Connection =>
        Environment.GetEnvironmentVariable("IMGSYNC_TEST_AZURITE") is { Length: > 0 } connection ? connection : null;

    [GlobalSetup]
    public void Open()
    {
        if (Store is "folder")
            _store = new FolderStagingStore((_folder = Directory.CreateTempSubdirectory("imgsync-micro-")).FullName, TimeProvider.System);
        else
            _store = new BlobStagingStore(new BlobContainerClient(Connection, "micro"), TimeProvider.System);
    }

    [GlobalCleanup]
    public void Remove() => _folder?.Delete(recursive: true);

    [Benchmark]
    public async Task Write64MiB()
    {
        await using var writer = await _store.WriteAsync(TestImages.Debian12, CancellationToken.None);
        await writer.RestartAsync(version: null, CancellationToken.None);
        for (var written = 0; written < 64 << 20; written += _block.Length)
            await writer.WriteAsync(_block, CancellationToken.None);
        await writer.DiscardAsync(CancellationToken.None);
    }
}

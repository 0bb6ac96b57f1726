using Azure.Storage.Blobs;
using BenchmarkDotNet.Attributes;
using Imgsync.Core.Integrity;
using Imgsync.Core.Staging;
using Imgsync.Core.Upstream;

namespace Imgsync.Micro;

/// <summary>Staging 64 MiB in a pass's blocks, then throwing them away: into a folder, and into the storage that IMGSYNC_TEST_AZURITE names.</summary>
[MemoryDiagnoser]
public class BlockWriter
{
    private static readonly ResolvedImage Image = new()
    {
        Distribution = "micro",
        Location = new Uri("https://mirror.example/micro.qcow2"),
        OfficialLocation = new Uri("https://publisher.example/micro.qcow2"),
        DiskFormat = "qcow2",
        Revision = "1",
        BuildDate = new DateOnly(2026, 1, 1),
        Digest = Digest.FromBytes(DigestAlgorithm.Sha512, new byte[64]),
        Provenance = new Provenance(ProvenanceKind.DigestOverHttps),
    };

    private readonly byte[] _block = new byte[1 << 19];
    private DirectoryInfo? _folder;
    private IStagingStore _store = null!;

    public static IEnumerable<string> Stores => Connection is null ? ["folder"] : ["folder", "blob"];

    [ParamsSource(nameof(Stores))]
    public string Store { get; set; } = "";

    private static string? Connection => Environment.GetEnvironmentVariable("IMGSYNC_TEST_AZURITE") is { Length: > 0 } connection ? connection : null;

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
        await using var writer = await _store.WriteAsync(Image, CancellationToken.None);
        await writer.RestartAsync(version: null, CancellationToken.None);
        for (var block = 0; block < 128; block++)
            await writer.WriteAsync(_block, CancellationToken.None);
        await writer.DiscardAsync(CancellationToken.None);
    }
}

using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Imgsync.Core.Content;
using Imgsync.Core.Staging.Folders;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Staging.Folders;

/// <summary>How much of a staged file stays in the system's memory, as mincore(2) says.</summary>
public sealed class PageCacheTests : IDisposable
{
    private const int Blocks = 640;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("imgsync-cache-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_read_later_leaves_memory_once_the_disk_has_it_and_what_is_read_soon_stays(bool later)
    {
        using var block = PageBlock.Rent();
        Random.Shared.NextBytes(block.Memory.Span);
        var store = new FolderStagingStore(_root.FullName, TimeProvider.System);
        Requirement.Demand(
            new DriveInfo(_root.FullName).DriveFormat is "tmpfs" ? "The folder for temporary files is itself in memory: set TMPDIR." : null);
        await using (var writer = await store.WriteAsync(TestImages.Debian12, Cancel))
        {
            if (later)
                writer.ReadLater();
            for (var i = 0; i < Blocks; i++)
            {
                await writer.WriteAsync(block.Memory, Cancel);
                if (i % 32 == 31)
                    await Task.Delay(50, Cancel); // 160 MiB a second
            }
        }

        var file = Assert.Single(_root.GetFiles("*.partial", SearchOption.AllDirectories));
        Assert.Equal((long)Blocks << 18, file.Length);
        var resident = Resident(file);
        if (later)
            Assert.InRange(resident, 0, file.Length / 3 * 2);
        else
            Assert.Equal(file.Length, resident);
    }

    /// <returns>In bytes.</returns>
    private static long Resident(FileInfo file)
    {
        using var map = MemoryMappedFile.CreateFromFile(file.FullName, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        using var view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        var pages = new byte[(file.Length + Environment.SystemPageSize - 1) / Environment.SystemPageSize];
        Assert.Equal(0, mincore(view.SafeMemoryMappedViewHandle.DangerousGetHandle(), (nuint)file.Length, pages));
        return pages.LongCount(page => (page & 1) != 0) * Environment.SystemPageSize;
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int mincore(nint address, nuint length, [Out] byte[] pages);
}

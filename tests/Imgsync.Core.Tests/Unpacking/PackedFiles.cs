using CliWrap;
using Imgsync.Core.Content;
using Imgsync.Core.Unpacking;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Unpacking;

/// <summary>Files packed by the real programs, as publishers pack them.</summary>
internal static class PackedFiles
{
    /// <summary>Half of it random, half of it zeros, as disks are.</summary>
    public static byte[] Disk(int seed = 1, int length = 3 << 20)
    {
        var disk = new byte[length];
        new Random(seed).NextBytes(disk.AsSpan(0, length / 2));
        return disk;
    }

    public static async Task<byte[]> PackAsync(Packing packing, byte[] disk, string name = "disk.raw")
    {
        if (!packing.IsTar())
            return await CompressAsync(packing, disk);
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, name), disk);
        return await CompressAsync(packing.Compression(), await TarAsync(folder.Path, name));
    }

    /// <summary>What <c>tar</c> makes of files in a folder.</summary>
    public static async Task<byte[]> TarAsync(string folder, params string[] arguments)
    {
        Requirement.DemandProgram("tar", "apt-get install tar");
        using var archive = new MemoryStream();
        await Cli.Wrap("tar").WithArguments(["-C", folder, "-cf", "-", .. arguments])
            .WithStandardOutputPipe(PipeTarget.ToStream(archive)).ExecuteAsync(TestContext.Current.CancellationToken);
        return archive.ToArray();
    }

    public static async Task<byte[]> CompressAsync(Packing compression, byte[] bytes)
    {
        if (compression is Packing.None)
            return bytes;
        var (program, package, arguments) = compression switch
        {
            Packing.Gz => ("gzip", "gzip", new[] { "-c" }),
            Packing.Bz2 => ("bzip2", "bzip2", ["-c"]),
            Packing.Xz => ("xz", "xz-utils", ["-c", "-T2", "--block-size=1MiB"]),
            _ => ("zstd", "zstd", ["-q", "-c"]),
        };
        Requirement.DemandProgram(program, $"apt-get install {package}");
        using var packed = new MemoryStream();
        await (PipeSource.FromBytes(bytes) | Cli.Wrap(program).WithArguments(arguments) | packed)
            .ExecuteAsync(TestContext.Current.CancellationToken);
        return packed.ToArray();
    }

    /// <summary>What comes out, and what went in.</summary>
    public static async Task<(byte[] Disk, ContentFacts Packed)> UnpackAsync(byte[] packed, Packing packing, long most = 1 << 30)
    {
        using var source = new MemoryStream(packed);
        await using var unpacked = new UnpackedStream(source, packing, most);
        using var disk = new MemoryStream();
        await unpacked.CopyToAsync(disk, TestContext.Current.CancellationToken);
        return (disk.ToArray(), unpacked.Packed);
    }
}

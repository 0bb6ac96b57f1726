using System.Diagnostics;
using BenchmarkDotNet.Attributes;
using Imgsync.Core.Content;
using Imgsync.Core.DiskImages.Qcow2;

namespace Imgsync.Micro;

/// <summary>A disk of 2 GiB, of which 768 MiB are in use, read from a compressed qcow2 file as a cloud on Ceph gets it; beside what QEMU
/// takes for the same into a file. Needs qemu-img.</summary>
[MemoryDiagnoser]
public class Conversion
{
    private const int Part = 1 << 20;

    private string _folder = "";

    [Params("zlib", "zstd")]
    public string Compression { get; set; } = "";

    private string Image => Path.Combine(_folder, "disk.qcow2");

    [GlobalSetup]
    public void Make()
    {
        _folder = Directory.CreateTempSubdirectory("imgsync-convert-").FullName;
        var raw = Path.Combine(_folder, "disk.raw");
        using (var disk = File.Create(raw))
        {
            // Programs shrink to about 45%: of each KiB 400 bytes are noise, the rest repeats.
            var random = new Random(1);
            var part = new byte[Part];
            disk.SetLength(2L << 30);
            for (var i = 0; i < 768; i++)
            {
                for (var kib = 0; kib < Part; kib += 1024)
                    random.NextBytes(part.AsSpan(kib, 400));
                disk.Position = (long)i * 2 * Part;
                disk.Write(part);
            }
        }

        Qemu("convert", "-c", "-O", "qcow2", "-o", $"compression_type={Compression}", raw, Image);
        File.Delete(raw);
    }

    [GlobalCleanup]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Benchmark]
    public Task<long> Alone() => PassAsync();

    [Benchmark]
    public async Task<ContentFacts> WithBothDigests()
    {
        using var hasher = new ContentHasher(sha256: true);
        await PassAsync(hasher);
        return hasher.Finish();
    }

    [Benchmark(Baseline = true)]
    public void ByQemuIntoAFile() => Qemu("convert", "-O", "raw", Image, Path.Combine(_folder, "qemu.raw"));

    private async Task<long> PassAsync(params IByteSink[] sinks)
    {
        await using var file = new FileStream(Image, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
        await using var disk = await Qcow2Disk.OpenAsync(new SeekingReader(file), long.MaxValue, CancellationToken.None);
        var pass = new BytePass(disk.Length, _ => { });
        await pass.PumpAsync(disk, sinks, CancellationToken.None, CancellationToken.None);
        return pass.Passed;
    }

    private static void Qemu(params string[] arguments)
    {
        using var process = Process.Start("qemu-img", arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException("qemu-img failed.");
    }
}

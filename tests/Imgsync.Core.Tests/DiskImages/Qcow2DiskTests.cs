using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Imgsync.Core.Content;
using Imgsync.Core.DiskImages;
using Imgsync.Core.DiskImages.Qcow2;
using Imgsync.Core.Tests.Unpacking;
using Imgsync.Testing;
using Microsoft.Win32.SafeHandles;

namespace Imgsync.Core.Tests.DiskImages;

/// <summary>The disk that we read from a qcow2 image is the one that QEMU reads; and what it is not, we refuse.</summary>
public sealed class Qcow2DiskTests : IDisposable
{
    private const int DiskBytes = (5 << 20) + (7 * 512);
    private readonly QemuImg _qemu;

    public Qcow2DiskTests()
    {
        Requirement.DemandProgram("qemu-img", "apt-get install qemu-utils");
        _qemu = new QemuImg();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Layouts =>
    [
        .. Enumerable.Range(9, 13).Select(bits => $"cluster_size={1 << bits}"),
        "compat=0.10", "compat=0.10,cluster_size=512", "compat=0.10,cluster_size=2M",
        .. Enumerable.Range(14, 8).Select(bits => $"extended_l2=on,cluster_size={1 << bits}"),
        "preallocation=metadata", "preallocation=falloc", "extended_l2=on,preallocation=metadata",
        "lazy_refcounts=on", "refcount_bits=1",
    ];

    public static TheoryData<string> Compressions =>
    [
        .. from bits in Enumerable.Range(9, 13)
           from type in new[] { "zlib", "zstd" }
           select $"cluster_size={1 << bits},compression_type={type}",
        "compat=0.10", "extended_l2=on", "extended_l2=on,compression_type=zstd",
    ];

    public void Dispose() => _qemu?.Dispose();

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task The_disk_is_the_one_that_qemu_reads(string options) => await AgreesAsync(options);

    [Theory]
    [MemberData(nameof(Compressions))]
    public async Task A_compressed_disk_is_the_one_that_qemu_reads(string options) => await AgreesAsync(options, "-c");

    [Theory]
    [InlineData(512)]
    [InlineData(65536 - 512)]
    [InlineData(65536 + 512)]
    [InlineData((1 << 20) + (3 * 512))]
    public async Task A_disk_of_any_length_ends_where_qemu_ends_it(int length)
    {
        foreach (var how in new[] { Array.Empty<string>(), ["-c"] })
            await AgreesAsync("compat=1.1", how, PackedFiles.Disk(length: length));
    }

    /// <summary>Clusters written over, thrown away and set to zero, as a machine does; in no order.</summary>
    [Theory]
    [InlineData("compat=1.1")]
    [InlineData("compat=0.10")]
    [InlineData("cluster_size=512")]
    [InlineData("cluster_size=2M")]
    [InlineData("extended_l2=on,cluster_size=16k")]
    [InlineData("extended_l2=on,cluster_size=128k")]
    public async Task A_disk_that_was_written_in_no_order_is_the_one_that_qemu_reads(string options)
    {
        var random = new Random(options.Length);
        await _qemu.RunAsync("create", "-q", "-f", "qcow2", "-o", options, "disk", "64M");
        var commands = new List<string>();
        for (var i = 0; i < 120; i++)
        {
            var (verb, extra) = random.Next(5) switch
            {
                0 => ("write -z", ""),
                1 => ("write -z -u", ""),
                2 => ("discard", ""),
                _ => ("write", string.Create(CultureInfo.InvariantCulture, $"-P {random.Next(1, 256)} ")),
            };
            commands.Add("-c");
            commands.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{verb} {extra}{random.Next(120_000) * 512} {(1 + random.Next(200)) * 512}"));
        }

        await _qemu.WriteAsync(["-f", "qcow2", .. commands, "disk"]);

        Assert.Equal(await QemuDigestAsync("disk"), await OurDigestAsync("disk"));
    }

    [Fact]
    public async Task Of_an_empty_disk_nothing_is_read_but_its_first_bytes_and_its_tables()
    {
        await _qemu.RunAsync("create", "-q", "-f", "qcow2", "disk", "1G");
        using var image = new CountedReader(_qemu.PathOf("disk"));
        await using var disk = await Qcow2Disk.OpenAsync(image, 1L << 40, Cancel);

        await disk.CopyToAsync(Stream.Null, Cancel);

        Assert.Equal(1L << 30, disk.Length);
        Assert.InRange(image.BytesRead, 1, (64 << 10) + (8 << 10));
    }

    [Fact]
    public async Task The_memory_is_a_few_clusters_however_long_the_disk()
    {
        await _qemu.RunAsync("create", "-q", "-f", "qcow2", "-o", "cluster_size=2M,preallocation=metadata", "disk", "1G");
        using var image = new CountedReader(_qemu.PathOf("disk"));
        await using var disk = await Qcow2Disk.OpenAsync(image, 1L << 40, Cancel);
        var buffer = new byte[1 << 20];
        var before = GC.GetAllocatedBytesForCurrentThread();

        while (await disk.ReadAsync(buffer, Cancel) > 0)
        {
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Theory]
    [InlineData("backing_file=base,backing_fmt=raw", "names a backing file")]
    [InlineData("compat=0.10,backing_file=base,backing_fmt=raw", "names a backing file")]
    [InlineData("data_file=elsewhere", "in an external data file")]
    [InlineData("encrypt.format=luks,encrypt.key-secret=key,encrypt.iter-time=50", "is encrypted")]
    public async Task What_does_not_stand_alone_is_refused(string options, string rule)
    {
        await _qemu.RunAsync("create", "-f", "raw", "base", "1M");
        await _qemu.RunAsync("create", "--object", "secret,id=key,data=secret", "-f", "qcow2", "-o", options, "disk", "1M");

        Assert.Contains(rule, await RefusalAsync("disk"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_over_the_limit_is_refused_before_anything_is_read()
    {
        await _qemu.RunAsync("create", "-q", "-f", "qcow2", "disk", "10G");

        Assert.Equal(
            "The qcow2 image unfolds to a disk of 10737418240 bytes, over the 8 GiB that may come of it: raise upstream.maxUnpackedBytes if "
                + "such an image is meant.",
            await RefusalAsync("disk", most: 8L << 30));
    }

    [Theory]
    [InlineData(0, "was not closed")]
    [InlineData(1, "marked corrupt")]
    [InlineData(7, "an unknown feature")]
    public async Task What_its_own_header_warns_of_is_refused(int bit, string rule)
    {
        await _qemu.RunAsync("create", "-q", "-f", "qcow2", "disk", "1M");
        var bytes = _qemu.Bytes("disk");
        bytes[79] |= (byte)(1 << bit);
        await File.WriteAllBytesAsync(_qemu.PathOf("disk"), bytes, Cancel);

        Assert.Contains(rule, await RefusalAsync("disk"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_format_is_named_and_refused()
    {
        await File.WriteAllBytesAsync(_qemu.PathOf("disk"), RawSample.WithMbr().Bytes, Cancel);

        Assert.Equal("This is a raw disk, no qcow2 image: it cannot be converted.", await RefusalAsync("disk"));
    }

    /// <summary>Each row changes a few bytes, most of them where the header, a table or compressed bytes are. What we read of it is what
    /// QEMU reads, or it is refused in one sentence.</summary>
    [Theory]
    [InlineData("cluster_size=512", false)]
    [InlineData("cluster_size=4k", true)]
    [InlineData("cluster_size=64k,compression_type=zstd", true)]
    [InlineData("extended_l2=on,cluster_size=16k", false)]
    [InlineData("compat=0.10,cluster_size=4k", false)]
    public async Task Of_a_damaged_image_we_read_what_qemu_reads_or_refuse_it(string options, bool isCompressed)
    {
        var seed = Seed.Next();
        var random = new Random(seed);
        await File.WriteAllBytesAsync(_qemu.PathOf("disk.raw"), PackedFiles.Disk(length: 400 * 512), Cancel);
        await _qemu.RunAsync(
            ["convert", "-O", "qcow2", "-o", options, .. isCompressed ? ["-c"] : Array.Empty<string>(), "disk.raw", "disk"]);
        var pristine = _qemu.Bytes("disk");
        var (asked, clock) = (0, Stopwatch.StartNew());
        for (var row = 0; row < 300; row++)
        {
            var bytes = Damaged(pristine, random);
            await File.WriteAllBytesAsync(_qemu.PathOf("damaged"), bytes, Cancel);
            if (await TryOurDigestAsync("damaged") is not { } ours || (asked >= 30 && row % 8 != 0))
                continue;

            asked++;
            var qemus = await QemuDigestAsync("damaged");
            Assert.True(qemus == ours, $"seed {seed}, row {row}: {ours}, and QEMU {qemus}");
        }

        Assert.InRange(asked, 10, 300);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    private static byte[] Damaged(byte[] pristine, Random random)
    {
        var bytes = pristine.ToArray();
        var l1 = (int)BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(40));
        var l2 = (int)(BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(l1)) & 0x00FF_FFFF_FFFF_FE00);
        for (var i = 0; i <= random.Next(3); i++)
        {
            var place = random.Next(8) switch
            {
                0 => random.Next(112),
                1 => l1 + random.Next(32),
                <= 4 => l2 + random.Next(512),
                _ => random.Next(bytes.Length),
            };
            bytes[place] = random.Next(2) == 0 ? (byte)(bytes[place] ^ (1 << random.Next(8))) : (byte)random.Next(256);
        }

        return random.Next(20) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    private async Task AgreesAsync(string options, params string[] how) => await AgreesAsync(options, how, Disk());

    private async Task AgreesAsync(string options, string[] how, byte[] disk)
    {
        await File.WriteAllBytesAsync(_qemu.PathOf("disk.raw"), disk, Cancel);
        await _qemu.RunAsync(["convert", .. how, "-O", "qcow2", "-o", options, "disk.raw", "disk"]);

        // QEMU has made the image from this disk, and so it makes this disk of it; each process takes its time.
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(disk)), await OurDigestAsync("disk"));
    }

    /// <summary>Text that compresses well, noise that does not, and holes of all sizes.</summary>
    private static byte[] Disk()
    {
        var disk = new byte[DiskBytes];
        var random = new Random(1);
        for (var start = 0; start < disk.Length;)
        {
            var part = disk.AsSpan(start, int.Min(disk.Length - start, 512 * (1 + random.Next(1 << random.Next(11)))));
            switch (random.Next(3))
            {
                case 0:
                    random.NextBytes(part);
                    break;
                case 1:
                    for (var i = 0; i < part.Length; i++)
                        part[i] = (byte)(i * start % 23);
                    break;
            }

            start += part.Length;
        }

        return disk;
    }

    private async Task<string> RefusalAsync(string name, long most = 1L << 40)
    {
        await using var image = Open(name);
        var reader = new SeekingReader(image);
        return (await Assert.ThrowsAsync<DiskImageException>(() => Qcow2Disk.OpenAsync(reader, most, Cancel))).Message;
    }

    /// <summary>Null where it is refused.</summary>
    private async Task<string?> TryOurDigestAsync(string name)
    {
        try
        {
            return await OurDigestAsync(name);
        }
        catch (DiskImageException refused)
        {
            Assert.DoesNotContain('\n', refused.Message);
            return null;
        }
    }

    private async Task<string> OurDigestAsync(string name)
    {
        await using var image = Open(name);
        await using var disk = await Qcow2Disk.OpenAsync(new SeekingReader(image), 1L << 30, Cancel);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(disk, Cancel));
    }

    /// <summary>What QEMU says where it does not read the image.</summary>
    private async Task<string> QemuDigestAsync(string name)
    {
        File.Delete(_qemu.PathOf("qemu.raw"));
        if (await _qemu.FaultAsync("convert", "-f", "qcow2", "-O", "raw", name, "qemu.raw") is { } fault)
            return fault;
        await using var raw = File.OpenRead(_qemu.PathOf("qemu.raw"));
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(raw, Cancel));
    }

    private FileStream Open(string name) =>
        new(_qemu.PathOf(name), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);

    /// <summary>Reads on the caller's thread, so that what reading allocates can be told.</summary>
    private sealed class CountedReader(string path) : IRandomReader, IDisposable
    {
        private readonly SafeFileHandle _file = File.OpenHandle(path);

        public long BytesRead { get; private set; }

        public long Length => RandomAccess.GetLength(_file);

        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var read = RandomAccess.Read(_file, buffer.Span, offset);
            BytesRead += read;
            return new(read);
        }

        public void Dispose() => _file.Dispose();
    }
}

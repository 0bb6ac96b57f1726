using System.Security.Cryptography;
using Imgsync.Core.Content;
using Imgsync.Core.Unpacking;

namespace Imgsync.Core.Tests.Unpacking;

/// <summary>Every packing, made by the program that publishers make it with; whole, damaged, and made to harm.</summary>
public sealed class UnpackedStreamTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<Packing> All => [.. Enum.GetValues<Packing>().Where(packing => packing is not Packing.None)];

    public static TheoryData<Packing> Compressions => [Packing.Gz, Packing.Bz2, Packing.Xz, Packing.Zst];

    [Theory]
    [MemberData(nameof(All))]
    public async Task What_was_packed_comes_out_and_the_packed_file_is_hashed_on_the_way(Packing packing)
    {
        var disk = PackedFiles.Disk();
        var file = await PackedFiles.PackAsync(packing, disk);

        var (unpacked, facts) = await PackedFiles.UnpackAsync(file, packing);

        Assert.True(disk.AsSpan().SequenceEqual(unpacked), $"{unpacked.Length} bytes came out");
        Assert.Equal(file.Length, facts.Length);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), facts.Sha256!.Hex);
        Assert.Equal(Convert.ToHexStringLower(SHA512.HashData(file)), facts.Sha512.Hex);
    }

    [Theory]
    [MemberData(nameof(Compressions))]
    public async Task Parts_that_were_packed_one_by_one_belong_together(Packing packing)
    {
        var (first, second) = (PackedFiles.Disk(1), PackedFiles.Disk(2));
        byte[] padding = packing is Packing.Xz ? [0, 0, 0, 0, 0, 0, 0, 0] : [];
        byte[] file = [.. await PackedFiles.PackAsync(packing, first), .. padding, .. await PackedFiles.PackAsync(packing, second), .. padding];

        var (unpacked, _) = await PackedFiles.UnpackAsync(file, packing);

        Assert.True(unpacked.AsSpan().SequenceEqual((byte[])[.. first, .. second]), $"{unpacked.Length} bytes came out");
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_file_that_ends_too_early_is_refused_in_one_sentence(Packing packing)
    {
        var file = await PackedFiles.PackAsync(packing, PackedFiles.Disk());

        foreach (var kept in new[] { 0, 5, 100, file.Length / 3, file.Length * 2 / 3 })
            await RefusedAsync(file[..kept], packing);
    }

    [Theory]
    [MemberData(nameof(Compressions))]
    public async Task A_cut_trailer_is_noticed_too(Packing packing)
    {
        var file = await PackedFiles.PackAsync(packing, PackedFiles.Disk());
        if (packing is not Packing.Zst) // a frame's checksum is left out where the program is told so: what ends before it is whole
            await RefusedAsync(file[..^3], packing);
        await RefusedAsync(file[..^200], packing);
    }

    [Theory]
    [MemberData(nameof(Compressions))]
    public async Task Whatever_is_spoilt_ends_in_that_sentence_or_in_other_bytes_but_in_nothing_else(Packing packing)
    {
        var file = await PackedFiles.PackAsync(packing, PackedFiles.Disk(length: 200_000));
        var random = new Random(Seed.Next());
        for (var round = 0; round < 60; round++)
        {
            var spoilt = file.ToArray();
            for (var i = 0; i < 1 + random.Next(8); i++)
                spoilt[round % 2 == 0 ? random.Next(64) : random.Next(spoilt.Length)] = (byte)random.Next(256);
            try
            {
                var (_, facts) = await PackedFiles.UnpackAsync(spoilt, packing, most: 1 << 20);
                Assert.Equal(spoilt.Length, facts.Length);
            }
            catch (PackedContentException)
            {
            }
        }
    }

    [Theory]
    [MemberData(nameof(Compressions))]
    public async Task A_bomb_is_stopped_at_the_size_that_may_come(Packing packing)
    {
        var file = await PackedFiles.CompressAsync(packing, new byte[64 << 20]);
        Assert.InRange(file.Length, 1, 1 << 20);

        var said = await RefusedAsync(file, packing, most: 8 << 20);

        Assert.Equal("unpacks to more than 8 MiB, the most that may come of it", said);
    }

    [Fact]
    public async Task Of_an_archive_the_one_disk_image_is_taken_whatever_lies_beside_it()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "sub"));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "README"), "read me", Cancel);
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "sub", "disk.QCOW2"), PackedFiles.Disk(), Cancel);
        File.CreateSymbolicLink(Path.Combine(folder.Path, "latest.raw"), "/etc/passwd");

        var (unpacked, _) = await PackedFiles.UnpackAsync(await PackedFiles.TarAsync(folder.Path, "."), Packing.Tar);

        Assert.True(unpacked.AsSpan().SequenceEqual(PackedFiles.Disk()));
    }

    [Fact]
    public async Task An_archive_without_a_disk_image_with_two_or_with_a_sparse_one_is_refused()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "a.raw", "b.img", "notes.txt" })
            await File.WriteAllBytesAsync(Path.Combine(folder.Path, name), PackedFiles.Disk(length: 5000), Cancel);
        await using (var sparse = File.Create(Path.Combine(folder.Path, "holes.raw")))
        {
            sparse.SetLength(10 << 20);
            sparse.Position = 5 << 20;
            await sparse.WriteAsync(new byte[] { 1, 2, 3 }, Cancel);
        }

        Assert.Equal(
            "has no disk image in it, by the names of its files",
            await RefusedAsync(await PackedFiles.TarAsync(folder.Path, "notes.txt"), Packing.Tar));
        Assert.Equal(
            "has two disk images in it, \"a.raw\" and \"b.img\"",
            await RefusedAsync(await PackedFiles.TarAsync(folder.Path, "a.raw", "notes.txt", "b.img"), Packing.Tar));
        foreach (var format in new[] { "gnu", "pax" })
        {
            var said = await RefusedAsync(await PackedFiles.TarAsync(folder.Path, "-S", $"--format={format}", "holes.raw"), Packing.Tar);
            Assert.Contains("sparse file in it, which is not unpacked", said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_source_that_fails_is_no_fault_of_the_file()
    {
        var file = await PackedFiles.PackAsync(Packing.Xz, PackedFiles.Disk());
        await using var source = new BrokenStream(file[..^1000]);
        await using var unpacked = new UnpackedStream(source, Packing.Xz, 1 << 30);

        var failure = await Assert.ThrowsAsync<IOException>(() => unpacked.CopyToAsync(Stream.Null, Cancel));

        Assert.Equal("the disk is gone", failure.Message);
    }

    [Fact]
    public async Task Whoever_reads_no_further_is_not_kept_waiting()
    {
        var file = await PackedFiles.CompressAsync(Packing.Zst, new byte[256 << 20]);
        using var source = new MemoryStream(file);
        var unpacked = new UnpackedStream(source, Packing.Zst, 1L << 40);
        await unpacked.ReadExactlyAsync(new byte[1000], Cancel);

        await unpacked.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancel);

        Assert.Throws<InvalidOperationException>(() => unpacked.Packed);
    }

    [Theory]
    [InlineData("debian-13.qcow2", Packing.None)]
    [InlineData("fedora-coreos-44.qcow2.xz", Packing.Xz)]
    [InlineData("flatcar_production_openstack_image.img.bz2", Packing.Bz2)]
    [InlineData("kali-linux-2026.2-cloud-genericcloud-amd64.tar.xz", Packing.TarXz)]
    [InlineData("openstack-amd64.raw.XZ", Packing.Xz)]
    [InlineData("disk.tar", Packing.Tar)]
    [InlineData("disk.tar.zst", Packing.TarZst)]
    [InlineData("tar.none", Packing.None)]
    public void A_name_says_what_is_around_the_image(string name, Packing packing) => Assert.Equal(packing, Packings.OfFile(name));

    private static async Task<string> RefusedAsync(byte[] file, Packing packing, long most = 1 << 30)
    {
        using var source = new MemoryStream(file);
        await using var unpacked = new UnpackedStream(source, packing, most);
        var refused = await Assert.ThrowsAsync<PackedContentException>(() => unpacked.CopyToAsync(Stream.Null, Cancel));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), unpacked.Packed.Sha256!.Hex);
        Assert.DoesNotContain('\n', refused.Message);
        return refused.Message;
    }

    private sealed class BrokenStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) =>
            Position < Length ? base.Read(buffer) : throw new IOException("the disk is gone");
    }
}

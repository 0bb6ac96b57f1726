using Imgsync.Core.DiskImages;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.DiskImages;

/// <summary>What we accept, QEMU opens and sees as the same disk; what QEMU can make and nobody should publish, we refuse.</summary>
public sealed class QemuAgreementTests : IDisposable
{
    private readonly QemuImg _qemu;

    public QemuAgreementTests()
    {
        Requirement.DemandProgram("qemu-img", "apt-get install qemu-utils");
        _qemu = new QemuImg();
    }

    public void Dispose() => _qemu?.Dispose();

    [Theory]
    [Shows("a-qcow2-image-that-qemu-makes-is-the-disk-that-qemu-sees")]
    [InlineData("compat=0.10", "10G")]
    [InlineData("compat=1.1", "10G")]
    [InlineData("compat=1.1", "2361393152")]
    [InlineData("compat=0.10,cluster_size=512", "1G")]
    [InlineData("compat=1.1,cluster_size=512", "1G")]
    [InlineData("compat=1.1,cluster_size=4k", "300G")]
    [InlineData("compat=1.1,cluster_size=2M", "1T")]
    [InlineData("compat=1.1,refcount_bits=1", "1G")]
    [InlineData("compat=1.1,refcount_bits=64", "1G")]
    [InlineData("compat=1.1,lazy_refcounts=on", "1G")]
    [InlineData("compat=1.1,compression_type=zstd", "1G")]
    [InlineData("compat=1.1,preallocation=metadata", "1G")]
    [InlineData("compat=1.1", "512")]
    public async Task A_qcow2_image_that_qemu_makes_is_the_disk_that_qemu_sees(string options, string size)
    {
        await _qemu.RunAsync("create", "-f", "qcow2", "-o", options, "disk", size);

        var image = Inspect("disk", "qcow2");

        Assert.Equal(await _qemu.DescribeAsync("disk"), (image.Format, image.VirtualSize));
    }

    [Theory]
    [InlineData("zlib")]
    [InlineData("zstd")]
    public async Task A_compressed_qcow2_image_with_content_is_the_disk_that_qemu_sees(string compression)
    {
        await File.WriteAllBytesAsync(_qemu.PathOf("disk.raw"), RawSample.WithGpt(512).Bytes, TestContext.Current.CancellationToken);
        await _qemu.RunAsync("convert", "-c", "-O", "qcow2", "-o", $"compression_type={compression}", "disk.raw", "disk");

        var image = Inspect("disk", "qcow2");

        Assert.Equal(await _qemu.DescribeAsync("disk"), (image.Format, image.VirtualSize));
    }

    [Theory]
    [InlineData("monolithicSparse")]
    [InlineData("streamOptimized")]
    public async Task A_vmdk_that_stands_alone_is_the_disk_that_qemu_sees(string subformat)
    {
        await _qemu.RunAsync("create", "-f", "vmdk", "-o", $"subformat={subformat}", "disk", "64M");

        var image = Inspect("disk", "vmdk");

        Assert.Equal(await _qemu.DescribeAsync("disk"), (image.Format, image.VirtualSize));
    }

    [Fact]
    public async Task A_raw_disk_is_the_disk_that_qemu_sees()
    {
        await File.WriteAllBytesAsync(_qemu.PathOf("disk"), RawSample.WithMbr().Bytes, TestContext.Current.CancellationToken);

        var image = Inspect("disk", "raw");

        Assert.Equal(await _qemu.DescribeAsync("disk"), (image.Format, image.VirtualSize));
    }

    [Fact]
    public async Task An_empty_raw_disk_is_refused()
    {
        await _qemu.RunAsync("create", "-f", "raw", "disk", "1M");

        Inspection.IsRefused(_qemu.Bytes("disk"), "raw", "nothing but zeros");
    }

    [Theory]
    [InlineData("extended_l2=on,cluster_size=128k", "extended L2")]
    [InlineData("backing_file=base,backing_fmt=raw", "backing file")]
    [InlineData("compat=0.10,backing_file=base,backing_fmt=raw", "backing file")]
    [InlineData("data_file=elsewhere", "external data file")]
    [InlineData("data_file=elsewhere,data_file_raw=on", "external data file")]
    [InlineData("encrypt.format=luks,encrypt.key-secret=key,encrypt.iter-time=50", "encrypted (crypt_method 2)")]
    public async Task A_qcow2_image_with_an_unsafe_option_is_refused(string options, string rule)
    {
        await _qemu.RunAsync("create", "-f", "raw", "base", "1M");
        await _qemu.RunAsync("create", "--object", "secret,id=key,data=secret", "-f", "qcow2", "-o", options, "disk", "1M");

        Inspection.IsRefused(_qemu.Bytes("disk"), "qcow2", rule);
    }

    [Theory]
    [InlineData("internal snapshots", "snapshot", "-c", "before", "disk")]
    [InlineData("dirty bitmaps", "bitmap", "--add", "disk", "changes")]
    public async Task A_qcow2_image_that_a_machine_was_run_from_is_refused(string rule, params string[] arguments)
    {
        await _qemu.RunAsync("create", "-f", "qcow2", "disk", "1M");
        await _qemu.RunAsync(arguments);

        Inspection.IsRefused(_qemu.Bytes("disk"), "qcow2", rule);
    }

    [Theory]
    [InlineData("vmdk", "monolithicSparse", "a VMDK image", "vmdk")]
    [InlineData("vmdk", "streamOptimized", "a VMDK image", "vmdk")]
    [InlineData("vmdk", "monolithicFlat", "a VMDK descriptor", null)]
    [InlineData("vpc", "dynamic", "a VHD image", "vhd")]
    [InlineData("vhdx", "dynamic", "a VHDX image", "vhdx")]
    [InlineData("vdi", null, "a VDI image", "vdi")]
    [InlineData("qed", null, "a QED image", null)]
    [InlineData("parallels", null, "a Parallels image", null)]
    [InlineData("luks", null, "a LUKS encrypted volume", null)]
    public async Task An_image_of_another_format_is_accepted_only_as_what_the_catalogue_says(
        string qemuFormat, string? subformat, string label, string? diskFormat)
    {
        await _qemu.RunAsync(["create", "-q", "-f", qemuFormat, .. Options(qemuFormat, subformat), "disk", "64M"]);
        var bytes = _qemu.Bytes("disk");

        Inspection.IsRefused(bytes, "qcow2", label);
        Inspection.IsRefused(bytes, "raw", label);
        if (diskFormat is not null)
            Assert.Equal(diskFormat, Inspection.Of(bytes, diskFormat).Format);
    }

    [Fact]
    [Shows("no-damaged-header-is-accepted-that-qemu-refuses-or-sees-as-another-disk")]
    public async Task No_damaged_header_is_accepted_that_qemu_refuses_or_sees_as_another_disk()
    {
        await _qemu.RunAsync("create", "-f", "qcow2", "disk", "1G");
        var pristine = _qemu.Bytes("disk");
        var random = new Random(20240717);
        var accepted = 0;

        for (var i = 0; i < 1000; i++)
        {
            var damaged = pristine.ToArray();
            damaged[random.Next(4, 112)] = (byte)(1 << random.Next(8));
            if (!IsAccepted(damaged, out var image))
                continue;

            accepted++;
            if (accepted % 4 != 0)
                continue; // a process for every one of them would take minutes

            await File.WriteAllBytesAsync(_qemu.PathOf("damaged"), damaged, TestContext.Current.CancellationToken);
            Assert.Equal(("qcow2", image.VirtualSize), await _qemu.DescribeAsync("damaged", "qcow2"));
        }

        Assert.True(accepted >= 100, $"Only {accepted} damaged headers were accepted, too few to compare.");
    }

    private static string[] Options(string qemuFormat, string? subformat) => (qemuFormat, subformat) switch
    {
        ("luks", _) => ["--object", "secret,id=key,data=secret", "-o", "key-secret=key,iter-time=50"],
        (_, null) => [],
        _ => ["-o", $"subformat={subformat}"],
    };

    private static bool IsAccepted(byte[] bytes, out DiskImage image)
    {
        try
        {
            image = Inspection.Of(bytes, "qcow2");
            return true;
        }
        catch (DiskImageException)
        {
            image = null!;
            return false;
        }
    }

    /// <summary>The head and the length: a preallocated disk may be larger than a test should read.</summary>
    private DiskImage Inspect(string name, string expectedFormat)
    {
        using var file = File.OpenRead(_qemu.PathOf(name));
        var head = new byte[64 * 1024];
        var length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        var inspector = new DiskImageInspector();
        inspector.Append(head.AsSpan(0, length));
        return inspector.Conclude(file.Length, expectedFormat);
    }
}

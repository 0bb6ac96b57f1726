using System.Text;

namespace Imgsync.Core.DiskImages;

/// <summary>A mark by which a file tells what it is, whatever it is called.</summary>
/// <param name="Label">For people: "a VMDK image".</param>
/// <param name="DiskFormat">Glance's word for it; null where Glance has none we would publish.</param>
internal sealed record KnownMagic(string Label, string? DiskFormat, int Offset, byte[] Magic)
{
    /// <summary>Where ISO 9660 (ECMA-119, 6.2.1) has its first volume descriptor: after sixteen sectors of 2048 bytes.</summary>
    private const int IsoDescriptor = 16 * 2048;

    private static readonly KnownMagic[] Table =
    [
        new("a qcow2 image", "qcow2", 0, [.. "QFI"u8, 0xFB]),
        new("a VMDK image", "vmdk", 0, [.. "KDMV"u8]),
        // These two name or hold their extents elsewhere, so they are never Glance's vmdk for us.
        new("a VMDK descriptor", null, 0, [.. "# Disk DescriptorFile"u8]),
        new("an ESX sparse VMDK extent", null, 0, [.. "COWD"u8]),
        new("a VHD image", "vhd", 0, [.. "conectix"u8]),
        new("a VHDX image", "vhdx", 0, [.. "vhdxfile"u8]),
        new("a VDI image", "vdi", 0x40, [0x7F, 0x10, 0xDA, 0xBE]),
        new("an ISO 9660 image", "iso", IsoDescriptor + 1, [.. "CD001"u8]),
        new("a QED image", null, 0, [.. "QED"u8, 0]),
        new("a Parallels image", null, 0, [.. "WithoutFreeSpace"u8]),
        new("a Parallels image", null, 0, [.. "WithouFreSpacExt"u8]),
        new("a LUKS encrypted volume", null, 0, [.. "LUKS"u8, 0xBA, 0xBE]),
        new("a gzip archive", null, 0, [0x1F, 0x8B]),
        new("an xz archive", null, 0, [0xFD, .. "7zXZ"u8, 0]),
        new("a Zstandard archive", null, 0, [0x28, 0xB5, 0x2F, 0xFD]),
        new("a bzip2 archive", null, 0, [.. "BZh"u8]),
        new("a zip archive", null, 0, [.. "PK"u8, 3, 4]),
        new("a tar archive", null, 257, [.. "ustar"u8]),
        new("a SquashFS file system", null, 0, [.. "hsqs"u8]),
        new("an ELF program", null, 0, [0x7F, .. "ELF"u8]),
    ];

    public static IReadOnlyList<KnownMagic> AllIn(ReadOnlySpan<byte> head)
    {
        var found = new List<KnownMagic>();
        foreach (var known in Table)
        {
            if (head.Length > known.Offset && head[known.Offset..].StartsWith(known.Magic))
                found.Add(known);
        }

        return found;
    }

    /// <summary>The best name for what these bytes are, to tell an operator what came instead of the image.</summary>
    public static string Describe(ReadOnlySpan<byte> head)
    {
        if (AllIn(head) is [var known, ..])
            return known.Label;
        if (RawDisk.HasBootSignature(head))
            return "a raw disk";
        if (head.IsEmpty)
            return "an empty file";

        var opening = head[..int.Min(head.Length, 512)];
        if (opening.IndexOfAnyExcept((byte)0) < 0)
            return "a file that begins with nothing but zeros";
        if (!Ascii.IsValid(opening) || opening.Contains((byte)0))
            return "a file of no format we know";
        var markup = opening[opening.IndexOfAnyExcept(" \t\r\n"u8) is var start and > 0 ? start.. : ..];
        return markup is [(byte)'<', ..] ? "a web page or another markup text" : "a text";
    }
}

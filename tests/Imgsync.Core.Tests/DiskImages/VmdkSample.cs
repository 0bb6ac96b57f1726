using System.Buffers.Binary;
using System.Text;

namespace Imgsync.Core.Tests.DiskImages;

/// <summary>A sparse VMDK of 1 MiB: its header and the descriptor in it.</summary>
internal static class VmdkSample
{
    public static byte[] OfKind(string kind) => WithDescriptor($"# Disk DescriptorFile\nversion=1\ncreateType=\"{kind}\"\n");

    public static byte[] WithDescriptor(string descriptor)
    {
        var bytes = new byte[64 * 1024];
        "KDMV"u8.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(12), 2048);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(28), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(36), 20);
        Encoding.ASCII.GetBytes(descriptor, bytes.AsSpan(512));
        return bytes;
    }
}

using System.Formats.Tar;
using CliWrap;

namespace Imgsync.Testing.Upstream;

/// <summary>Packs images as publishers do.</summary>
internal static class Packers
{
    public static byte[] Xz(byte[] content)
    {
        Requirement.DemandProgram("xz", "it is in Debian's package xz-utils");
        using var packed = new MemoryStream();
        (PipeSource.FromBytes(content) | Cli.Wrap("xz").WithArguments("-c -0") | packed).ExecuteAsync().GetAwaiter().GetResult();
        return packed.ToArray();
    }

    public static byte[] Tar(string name, byte[] content)
    {
        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Gnu, leaveOpen: true))
        {
            using var disk = new MemoryStream(content);
            writer.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = disk });
        }

        return archive.ToArray();
    }
}

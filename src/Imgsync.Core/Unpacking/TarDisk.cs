using System.Formats.Tar;

namespace Imgsync.Core.Unpacking;

/// <summary>The one disk image in a tar archive, in whatever company.</summary>
internal static class TarDisk
{
    private static readonly HashSet<string> Endings = new(StringComparer.OrdinalIgnoreCase)
    {
        ".raw", ".img", ".qcow2", ".vmdk", ".vhd", ".vhdx", ".vdi",
    };

    /// <summary>Hands over the disk's bytes, then reads on to the archive's end.</summary>
    /// <exception cref="PackedContentException">There is none, there are two, or it is stored as a sparse file.</exception>
    public static void Read(Stream archive, Action<Stream> disk)
    {
        using var reader = new TarReader(archive, leaveOpen: true);
        string? found = null;
        while (Next(reader) is { } entry)
        {
            if (!IsFile(entry) || !Endings.Contains(Path.GetExtension(entry.Name)))
                continue;
            if (found is not null)
                throw new PackedContentException($"has two disk images in it, {found.InQuotes()} and {entry.Name.InQuotes()}");
            if (IsSparse(entry))
                throw new PackedContentException("has a sparse file in it, which is not unpacked");
            found = entry.Name;
            if (entry.DataStream is { } content)
                disk(content);
        }

        if (found is null)
            throw new PackedContentException("has no disk image in it, by the names of its files");
    }

    /// <summary>The library tells of the one kind that it does not read by an exception.</summary>
    private static TarEntry? Next(TarReader reader)
    {
        try
        {
            return reader.GetNextEntry();
        }
        catch (NotSupportedException sparse)
        {
            throw new PackedContentException("has a sparse file in it, which is not unpacked", sparse);
        }
    }

    private static bool IsFile(TarEntry entry) => entry.EntryType
        is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile;

    private static bool IsSparse(TarEntry entry) =>
        entry is PaxTarEntry pax && pax.ExtendedAttributes.Keys.Any(key => key.StartsWith("GNU.sparse.", StringComparison.Ordinal));

    private static string InQuotes(this string name) => $"\"{name.OnOneLine().Shortened(80)}\"";
}

namespace Imgsync.Core;

/// <summary>Keeps small documents beside the staged images: reports, keys, what
/// publishers last offered. A folder, or blob storage.</summary>
public interface IDocumentStore
{
    /// <summary>A document, or null when there is none of that name.</summary>
    /// <param name="longest">The most bytes that a document of this kind has: whoever can
    /// write to the store must not have our memory, too.</param>
    /// <exception cref="DocumentTooLongException">It is longer.</exception>
    Task<byte[]?> LoadAsync(string document, int longest, CancellationToken cancellationToken);

    /// <summary>Keeps a document, replacing the one of that name as a whole.</summary>
    Task SaveAsync(string document, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);
}

/// <summary>A document is longer than any of its kind: we did not write it.</summary>
/// <param name="where">The store, such as <c>/var/lib/imgsync</c>.</param>
public sealed class DocumentTooLongException(string document, string where, long length, int longest)
    : ImgsyncException(
        $"Reading {document} in {where} failed: it has {length} bytes, and none that we write has more than {longest.InBytes()}; find out "
            + "who wrote it, and remove it.")
{
    /// <summary>Room for a document of this length.</summary>
    /// <exception cref="DocumentTooLongException">It is longer than documents of its kind are.</exception>
    internal static byte[] Room(string document, string where, long length, int longest) =>
        length <= longest ? new byte[length] : throw new DocumentTooLongException(document, where, length, longest);
}

namespace Imgsync.Core.Staging;

/// <summary>How long a document may be that is loaded whole: whoever can write to the store must not have our memory, too.</summary>
internal static class StagedDocument
{
    /// <summary>A report of a hundred thousand outcomes fits several times.</summary>
    public const int LongestBytes = 256 << 20;

    /// <summary>Room for a document of this length.</summary>
    /// <param name="where">Such as <c>/var/lib/imgsync</c>.</param>
    /// <exception cref="StagingException">It is too long.</exception>
    public static byte[] Room(string document, string where, long length, int longest) => length <= longest
        ? new byte[length]
        : throw new StagingException($"Reading {document} in {where} failed: it has {length} bytes, and no document of ours has more than {longest}; find out who wrote it, and remove it.");
}

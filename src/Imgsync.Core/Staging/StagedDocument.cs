namespace Imgsync.Core.Staging;

/// <summary>A document that is loaded whole.</summary>
internal static class StagedDocument
{
    /// <summary>Room for a document of this length.</summary>
    /// <param name="where">Such as <c>/var/lib/imgsync</c>.</param>
    /// <exception cref="DocumentTooLongException">It is longer than documents of its kind are.</exception>
    public static byte[] Room(string document, string where, long length, int longest) =>
        length <= longest ? new byte[length] : throw new DocumentTooLongException(document, where, length, longest);
}

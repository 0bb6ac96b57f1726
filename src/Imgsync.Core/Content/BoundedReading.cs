namespace Imgsync.Core.Content;

/// <summary>Reads small things whole, however large their sender makes them.</summary>
internal static class BoundedReading
{
    /// <summary>Null when there is more than <paramref name="most"/>.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAtMostAsync(this Stream stream, int most, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        while (await stream.ReadAsync(chunk, cancellationToken) is > 0 and var count)
        {
            if (buffer.Length + count > most)
                return null;

            buffer.Write(chunk, 0, count);
        }

        return buffer.ToArray();
    }
}

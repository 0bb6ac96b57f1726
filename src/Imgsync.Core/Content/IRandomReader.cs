namespace Imgsync.Core.Content;

/// <summary>Content at rest that can be read from any place: a file, or a blob by ranges.</summary>
public interface IRandomReader
{
    /// <summary>In bytes.</summary>
    long Length { get; }

    /// <summary>Reads into a buffer, at least one byte unless <paramref name="offset"/> is at or behind the end.</summary>
    ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken);
}

public static class RandomReading
{
    /// <summary>Fills the whole buffer, with zeros behind the content's end.</summary>
    public static async ValueTask FillAsync(
        this IRandomReader reader, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty && await reader.ReadAsync(offset, buffer, cancellationToken) is > 0 and var read)
        {
            offset += read;
            buffer = buffer[read..];
        }

        if (!buffer.IsEmpty && offset < reader.Length)
            throw new ContentTooShortException($"What is read ends after {offset} of its {reader.Length} bytes.");
        buffer.Span.Clear();
    }
}

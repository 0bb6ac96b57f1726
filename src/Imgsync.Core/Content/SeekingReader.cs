namespace Imgsync.Core.Content;

/// <summary>A stream that can be read from any place, as those of staged copies can. One reader at a time.</summary>
/// <param name="content">Whoever opened it closes it.</param>
public sealed class SeekingReader(Stream content) : IRandomReader
{
    public long Length { get; } = content.Length;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (content.Position != offset)
            content.Position = offset;
        return content.ReadAsync(buffer, cancellationToken);
    }
}

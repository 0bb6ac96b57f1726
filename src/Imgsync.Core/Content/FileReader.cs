using Microsoft.Win32.SafeHandles;

namespace Imgsync.Core.Content;

/// <summary>A file, read from any place.</summary>
public sealed class FileReader(SafeFileHandle file) : IRandomReader
{
    public long Length { get; } = RandomAccess.GetLength(file);

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
        RandomAccess.ReadAsync(file, buffer, offset, cancellationToken);

    public ValueTask DisposeAsync()
    {
        file.Dispose();
        return ValueTask.CompletedTask;
    }
}

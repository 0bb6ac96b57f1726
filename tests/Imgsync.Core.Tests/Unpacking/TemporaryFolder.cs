namespace Imgsync.Core.Tests.Unpacking;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("imgsync-packed-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

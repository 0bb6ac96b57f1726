using Imgsync.Core.Staging;

namespace Imgsync.Core.Integrity.Signatures;

/// <summary>
/// Remembers keys that the key server gave, so that a run does not depend on it. Any store of small named things can
/// hold them; a name is <c>keys/&lt;fingerprint&gt;.gpg</c>.
/// </summary>
/// <param name="load">What is stored under a name, null when nothing is.</param>
/// <param name="save">Stores, replacing what was there.</param>
public sealed class KeyCache(
    Func<string, CancellationToken, Task<byte[]?>> load,
    Func<string, ReadOnlyMemory<byte>, CancellationToken, Task> save) : IKeySource
{
    public string Name => "the key cache in staging";

    public static KeyCache InFolder(string folder) => new(
        (name, cancellationToken) => ReadFileAsync(Path.Combine(folder, name), cancellationToken),
        (name, bytes, cancellationToken) => WriteFileAsync(Path.Combine(folder, name), bytes, cancellationToken));

    public async Task<ReadOnlyMemory<byte>?> FindAsync(string fingerprint, CancellationToken cancellationToken) =>
        await load(NameOf(fingerprint), cancellationToken) is { } bytes && Untrusted.Read(() => Keyring.Read(bytes)) is not null
            ? (ReadOnlyMemory<byte>?)bytes
            : null; // a damaged entry is as good as none: the key server is next, and what it gives replaces this

    public Task SaveAsync(string fingerprint, ReadOnlyMemory<byte> keys, CancellationToken cancellationToken) =>
        save(NameOf(fingerprint), keys, cancellationToken);

    private static string NameOf(string fingerprint) => $"keys/{fingerprint}.gpg";

    private static async Task<byte[]?> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return File.Exists(path) ? await File.ReadAllBytesAsync(path, cancellationToken) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StagingException($"The cached key {path} cannot be read; check the staging folder.", e);
        }
    }

    // Several runs may save the same key at once: each writes its own file, and the last rename wins.
    private static async Task WriteFileAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var unfinished = $"{path}.{Guid.NewGuid():N}";
            await File.WriteAllBytesAsync(unfinished, bytes, cancellationToken);
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StagingException($"The key {path} cannot be cached; check the staging folder.", e);
        }
    }
}

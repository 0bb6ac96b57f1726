
namespace Imgsync.Core.Signatures;

/// <summary>
/// Remembers keys that the key server gave, in staging as <c>keys/&lt;fingerprint&gt;.gpg</c>, so that a run does not depend on
/// that server. Whoever can write to staging can put anything there: like every other place it is not trusted.
/// </summary>
public sealed class KeyCache(IDocumentStore documents) : IKeySource
{
    public string Name => "the key cache in staging";

    /// <summary>A damaged entry is as good as none: the key server is next, and what it gives replaces this.</summary>
    public async Task<ReadOnlyMemory<byte>?> FindAsync(string fingerprint, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await documents.LoadAsync(NameOf(fingerprint), Keyring.LargestKeyring, cancellationToken);
            return bytes is not null && Untrusted.Read(() => Keyring.Read(bytes)) is not null ? (ReadOnlyMemory<byte>?)bytes : null;
        }
        catch (DocumentTooLongException)
        {
            return null;
        }
    }

    public Task SaveAsync(string fingerprint, ReadOnlyMemory<byte> keys, CancellationToken cancellationToken) =>
        documents.SaveAsync(NameOf(fingerprint), keys, cancellationToken);

    private static string NameOf(string fingerprint) => $"keys/{fingerprint}.gpg";
}

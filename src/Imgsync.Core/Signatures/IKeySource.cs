namespace Imgsync.Core.Signatures;

/// <summary>A place where publishers' keys may lie. None of them is trusted: only the pinned fingerprint decides.</summary>
public interface IKeySource
{
    /// <summary>How messages call this place, such as <c>the keyring /usr/share/keyrings/x.gpg</c>.</summary>
    string Name { get; }

    /// <summary>Keys, binary or armoured, among which the wanted one may be; null when it is not here.</summary>
    /// <param name="fingerprint">The full fingerprint of a primary key or a subkey, in upper-case hex.</param>
    Task<ReadOnlyMemory<byte>?> FindAsync(string fingerprint, CancellationToken cancellationToken);
}

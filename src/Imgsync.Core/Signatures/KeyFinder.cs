using System.Runtime.CompilerServices;
using Imgsync.Core.Configuration;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Imgsync.Core.Signatures;

/// <summary>
/// Looks for publishers' keys, nearest place first: keyrings, then the cache, then the key server. A later place is only
/// asked while the copies found so far do not settle the matter, as when a publisher has renewed its subkey.
/// </summary>
/// <param name="server">Null when no key server may be asked.</param>
public sealed class KeyFinder(IReadOnlyList<IKeySource> keyrings, KeyCache cache, KeyServer? server)
{
    /// <summary>The places that were configured, and those the system has.</summary>
    /// <param name="http">For the key server; must not follow redirects.</param>
    public KeyFinder(
        SignatureOptions options, KeyCache cache, HttpClient http, TimeProvider time, string systemFolder = KeyringFile.SystemFolder)
        : this(
            [.. options.Keyrings.Select(FromSetting), .. KeyringFile.OfSystem(systemFolder)],
            cache,
            options.KeyServer is { OriginalString.Length: > 0 } address ? new KeyServer(http, address, time) : null)
    {
    }

    private IEnumerable<IKeySource> Sources => server is null ? [.. keyrings, cache] : [.. keyrings, cache, server];

    /// <summary>Every copy of a pinned key, as long as the caller goes on asking.</summary>
    internal async IAsyncEnumerable<FoundKey> FindAsync(
        IReadOnlyList<string> fingerprints, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var source in Sources)
        {
            foreach (var fingerprint in fingerprints)
            {
                foreach (var ring in await ReadAsync(source, fingerprint, cancellationToken))
                {
                    if (source == server)
                        await cache.SaveAsync(fingerprint, ring.GetEncoded(), cancellationToken);

                    yield return new FoundKey(fingerprint, ring);
                }
            }
        }
    }

    private static async Task<IEnumerable<PgpPublicKeyRing>> ReadAsync(
        IKeySource source, string fingerprint, CancellationToken cancellationToken)
    {
        if (await source.FindAsync(fingerprint, cancellationToken) is not { } bytes)
            return [];

        try
        {
            return Keyring.Read(bytes).Where(ring => ring.GetPublicKey(Convert.FromHexString(fingerprint)) is not null);
        }
        catch (InvalidDataException e)
        {
            throw new SignatureException(
                $"Reading {source.Name} failed: {e.Message}; it must hold OpenPGP public keys, binary or armoured.", e);
        }
    }

    private static IKeySource FromSetting(string setting) =>
        KeyringText.IsArmour(setting) ? new KeyringText(setting) : new KeyringFile(setting, mustExist: true);
}

/// <summary>One copy of a pinned key, and the fingerprint that pins it.</summary>
internal sealed record FoundKey(string Fingerprint, PgpPublicKeyRing Ring)
{
    /// <summary>A pinned primary key vouches for its subkeys; a pinned subkey only for itself.</summary>
    public IEnumerable<PgpPublicKey> Keys => IsPinned(Ring.GetPublicKey()) ? Ring.GetPublicKeys() : Ring.GetPublicKeys().Where(IsPinned);

    private bool IsPinned(PgpPublicKey key) => key.HasFingerprint(Convert.FromHexString(Fingerprint));
}

/// <summary>A place where publishers' keys may lie. None of them is trusted: only the pinned fingerprint decides.</summary>
public interface IKeySource
{
    /// <summary>How messages call this place, such as <c>the keyring /usr/share/keyrings/x.gpg</c>.</summary>
    string Name { get; }

    /// <summary>Keys, binary or armoured, among which the wanted one may be; null when it is not here.</summary>
    /// <param name="fingerprint">The full fingerprint of a primary key or a subkey, in upper-case hex.</param>
    Task<ReadOnlyMemory<byte>?> FindAsync(string fingerprint, CancellationToken cancellationToken);
}

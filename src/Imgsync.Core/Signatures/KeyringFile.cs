using System.Text;
using Imgsync.Core.Content;

namespace Imgsync.Core.Signatures;

/// <summary>A keyring on this machine: one that the operator names and that must be there, or one that the system may have.</summary>
public sealed class KeyringFile(string path, bool mustExist) : IKeySource
{
    /// <summary>Where Debian's and Ubuntu's keyring packages install to.</summary>
    public const string SystemFolder = "/usr/share/keyrings";

    private static readonly string[] SystemKeyrings =
    [
        "ubuntu-cloudimage-keyring.gpg",
        "ubuntu-archive-keyring.gpg",
        "archlinux.gpg",
    ];

    public string Name => $"the keyring {path}";

    /// <summary>The keyrings of the system's packages, whether installed or not.</summary>
    public static IEnumerable<KeyringFile> OfSystem(string folder = SystemFolder) =>
        SystemKeyrings.Select(name => new KeyringFile(Path.Combine(folder, name), mustExist: false));

    public async Task<ReadOnlyMemory<byte>?> FindAsync(string fingerprint, CancellationToken cancellationToken)
    {
        if (!mustExist && !File.Exists(path))
            return null;

        try
        {
            await using var file = File.OpenRead(path);
            return await file.ReadAtMostAsync(Keyring.LargestKeyring, cancellationToken)
                ?? throw new SignatureException(
                    $"Reading {Name} failed: it is larger than {Keyring.LargestKeyring} bytes; put only publishers' keys into it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SignatureException($"Reading {Name} failed ({e.GetType().Name}); correct the keyrings of the signature settings.", e);
        }
    }
}

/// <summary>Armoured keys that stand in the settings themselves.</summary>
public sealed class KeyringText(string armour) : IKeySource
{
    public string Name => "the armoured keyring of the settings";

    /// <summary>Tells armoured keys from the path of a file.</summary>
    public static bool IsArmour(string setting) => setting.Contains("-----BEGIN PGP", StringComparison.Ordinal);

    // Indented, as text in YAML or JSON settings easily is, it is still the same armour.
    public Task<ReadOnlyMemory<byte>?> FindAsync(string fingerprint, CancellationToken cancellationToken)
    {
        var lines = armour.Split('\n', StringSplitOptions.TrimEntries);
        return Task.FromResult<ReadOnlyMemory<byte>?>(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
    }
}

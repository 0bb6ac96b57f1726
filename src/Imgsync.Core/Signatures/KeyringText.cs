using System.Text;

namespace Imgsync.Core.Signatures;

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

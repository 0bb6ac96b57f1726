namespace Imgsync.Core.Signatures;

/// <summary>Whether a key may sign, and if not, whether another copy of the same key might.</summary>
/// <param name="Fault">Null when the key may sign.</param>
/// <param name="IsFinal">No newer copy of the key can change this.</param>
internal sealed record KeyVerdict(string? Fault, bool IsFinal)
{
    public static readonly KeyVerdict MaySign = new(null, IsFinal: true);

    /// <summary>Publishers prolong keys and renew subkeys: a fresher copy may know better.</summary>
    public static KeyVerdict NotNow(string fault) => new(fault, IsFinal: false);

    public static KeyVerdict Never(string fault) => new(fault, IsFinal: true);
}

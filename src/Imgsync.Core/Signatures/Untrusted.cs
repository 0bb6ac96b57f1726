namespace Imgsync.Core.Signatures;

/// <summary>
/// BouncyCastle answers malformed packets and keys with exceptions of a dozen types, by accident of where the damage
/// lies. Every call into it that meets bytes from outside goes through here, so that all of them mean the same: no.
/// </summary>
internal static class Untrusted
{
    /// <summary>What the library made of the bytes; null, or false, when it made nothing of them.</summary>
    public static T? Read<T>(Func<T?> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return default;
        }
    }
}

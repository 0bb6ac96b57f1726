namespace Imgsync.Core.Content;

/// <summary>The digests that publishers publish and Glance computes (FIPS 180-4).</summary>
public enum DigestAlgorithm
{
    Sha256,
    Sha512,
}

public static class DigestAlgorithms
{
    /// <summary>The digest's length in bytes: 32 or 64.</summary>
    public static int ByteLength(this DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Sha256 => 32,
        DigestAlgorithm.Sha512 => 64,
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "not a known digest algorithm"),
    };

    /// <summary>The name as Glance's <c>os_hash_algo</c> and our own reports write it.</summary>
    public static string Label(this DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Sha256 => "sha256",
        DigestAlgorithm.Sha512 => "sha512",
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "not a known digest algorithm"),
    };
}

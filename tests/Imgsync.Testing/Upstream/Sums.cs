using System.Security.Cryptography;
using Imgsync.Core.Content;

namespace Imgsync.Testing.Upstream;

/// <summary>Checksum files and what stands in them.</summary>
internal static class Sums
{
    public static Digest Sha256(string file)
    {
        using var stream = File.OpenRead(file);
        return Digest.FromBytes(DigestAlgorithm.Sha256, SHA256.HashData(stream));
    }

    public static Digest Sha512(string file)
    {
        using var stream = File.OpenRead(file);
        return Digest.FromBytes(DigestAlgorithm.Sha512, SHA512.HashData(stream));
    }

    /// <summary>Adds lines to a checksum file, in the place of those for the same names. Names hold no blanks.</summary>
    public static void Add(
        string checksumFile, IEnumerable<(string Digest, string Name)> sums, Func<(string Digest, string Name), string> format)
    {
        var lines = sums.ToDictionary(sum => sum.Name, format, StringComparer.Ordinal);
        foreach (var line in File.Exists(checksumFile) ? File.ReadAllLines(checksumFile) : [])
            lines.TryAdd(line.Split(' ', '*')[^1], line);

        // Ubuntu's files are sorted by digest, and Debian's by name: nobody may rely on either.
        File.WriteAllLines(checksumFile, lines.Values.Order(StringComparer.Ordinal));
    }
}

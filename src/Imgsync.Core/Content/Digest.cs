using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Imgsync.Core.Content;

/// <summary>A content digest that cannot be malformed. Written <c>sha512:&lt;lower-case hex&gt;</c>, also in JSON.</summary>
[JsonConverter(typeof(DigestJsonConverter))]
public sealed record Digest
{
    private Digest(DigestAlgorithm algorithm, string hex)
    {
        Algorithm = algorithm;
        Hex = hex;
    }

    public DigestAlgorithm Algorithm { get; }

    /// <summary>Lower-case hexadecimal, 64 characters for SHA-256 and 128 for SHA-512.</summary>
    public string Hex { get; }

    /// <exception cref="ArgumentException">The bytes are not as many as the algorithm produces.</exception>
    public static Digest FromBytes(DigestAlgorithm algorithm, ReadOnlySpan<byte> bytes) =>
        bytes.Length == algorithm.ByteLength()
            ? new Digest(algorithm, Convert.ToHexStringLower(bytes))
            : throw new ArgumentException(
                $"A {algorithm.Label()} digest has {algorithm.ByteLength()} bytes, not {bytes.Length}.", nameof(bytes));

    /// <summary>Reads hexadecimal in either case; false when a character or the length is wrong.</summary>
    public static bool TryFromHex(DigestAlgorithm algorithm, ReadOnlySpan<char> hex, [NotNullWhen(true)] out Digest? digest)
    {
        Span<byte> bytes = stackalloc byte[algorithm.ByteLength()];
        var whole = hex.Length == bytes.Length * 2
            && Convert.FromHexString(hex, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
        digest = whole ? FromBytes(algorithm, bytes) : null;
        return whole;
    }

    /// <summary>Reads base64 with or without its padding, as Debian's manifests write it.</summary>
    public static bool TryFromBase64(DigestAlgorithm algorithm, string base64, [NotNullWhen(true)] out Digest? digest)
    {
        Span<byte> bytes = stackalloc byte[algorithm.ByteLength()];
        var padded = base64.TrimEnd('=');
        padded = padded.PadRight((padded.Length + 3) / 4 * 4, '=');
        var whole = Convert.TryFromBase64String(padded, bytes, out var written) && written == bytes.Length;
        digest = whole ? FromBytes(algorithm, bytes) : null;
        return whole;
    }

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Digest? digest)
    {
        digest = null;
        foreach (var algorithm in Enum.GetValues<DigestAlgorithm>())
        {
            var prefix = algorithm.Label() + ":";
            if (text.StartsWith(prefix, StringComparison.Ordinal))
                return TryFromHex(algorithm, text.AsSpan(prefix.Length), out digest);
        }

        return false;
    }

    public override string ToString() => $"{Algorithm.Label()}:{Hex}";
}

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

/// <summary>A digest in JSON. Public, because the generated code of any assembly that writes digests names it.</summary>
public sealed class DigestJsonConverter : JsonConverter<Digest>
{
    public override Digest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Digest.TryParse(reader.GetString() ?? "", out var digest)
            ? digest
            : throw new JsonException("A digest is written as sha256:<hex> or sha512:<hex>.");

    public override void Write(Utf8JsonWriter writer, Digest value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

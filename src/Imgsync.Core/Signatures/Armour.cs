using System.Text;
using Org.BouncyCastle.Bcpg;

namespace Imgsync.Core.Signatures;

/// <summary>
/// ASCII armour (RFC 9580 section 6.2), read without the usual tolerance: for one signature there is one armour, so that
/// a changed bit never goes unnoticed. Only the values of header lines are free, since nothing is made of them.
/// </summary>
internal static class Armour
{
    public const string Signature = "SIGNATURE";
    public const string PublicKey = "PUBLIC KEY BLOCK";

    private const int LongestLine = 76;
    private static readonly string[] HeaderKeys = ["Version", "Comment", "MessageID", "Hash", "Charset"];

    /// <summary>A binary packet starts with its highest bit set, which no text does.</summary>
    public static bool IsBinary(ReadOnlySpan<byte> content) => !content.IsEmpty && (content[0] & 0x80) != 0;

    /// <summary>The one block of this kind, with nothing but blank lines around it.</summary>
    public static byte[] DecodeOnly(string kind, ReadOnlySpan<byte> content)
    {
        var lines = Lines(content);
        var start = Array.FindIndex(lines, line => line.Length > 0);
        if (start < 0 || !Same(lines[start], Begin(kind)))
            throw new InvalidDataException($"it does not start with {Begin(kind)}");

        var next = start;
        var bytes = DecodeBlock(kind, lines, ref next);
        return Array.TrueForAll(lines[next..], line => line.Length == 0)
            ? bytes
            : throw new InvalidDataException($"something follows its {End(kind)}");
    }

    /// <summary>Every block of this kind; text around them is ignored.</summary>
    public static IEnumerable<byte[]> DecodeAll(string kind, ReadOnlyMemory<byte> content)
    {
        var lines = Lines(content.Span);
        for (var next = Array.IndexOf(lines, Begin(kind)); next >= 0; next = Array.IndexOf(lines, Begin(kind), next))
            yield return DecodeBlock(kind, lines, ref next);
    }

    private static byte[] DecodeBlock(string kind, string[] lines, ref int next)
    {
        next++;
        while (LineAt(lines, next++) is { Length: > 0 } header)
        {
            if (!HeaderKeys.Any(key => header.StartsWith(key + ": ", StringComparison.Ordinal)))
                throw new InvalidDataException("its armour has an unknown header line");
        }

        var base64 = new StringBuilder();
        var line = LineAt(lines, next++);
        for (; !IsCheckOrEnd(line); line = LineAt(lines, next++))
        {
            if (line.Length is 0 or > LongestLine)
                throw new InvalidDataException("its armour has an empty or overlong line");

            base64.Append(line);
        }

        var bytes = DecodeBase64(base64.ToString());
        if (line.StartsWith('='))
        {
            RequireCheck(bytes, line[1..]);
            line = LineAt(lines, next++);
        }

        return Same(line, End(kind)) ? bytes : throw new InvalidDataException($"its armour does not end in {End(kind)}");
    }

    private static bool IsCheckOrEnd(string line) => line.StartsWith('=') || line.StartsWith('-');

    private static byte[] DecodeBase64(string text)
    {
        var bytes = new byte[text.Length / 4 * 3];

        // The decoder skips white space and ignores the unused bits before the padding; encoding again does not.
        return Convert.TryFromBase64String(text, bytes, out var length) && Same(Convert.ToBase64String(bytes, 0, length), text)
            ? bytes[..length]
            : throw new InvalidDataException("its armour is not base64");
    }

    private static void RequireCheck(byte[] bytes, string encoded)
    {
        var crc = new Crc24();
        foreach (var b in bytes)
            crc.Update(b);

        if (!Same(encoded, Convert.ToBase64String([(byte)(crc.Value >> 16), (byte)(crc.Value >> 8), (byte)crc.Value])))
            throw new InvalidDataException("its armour's checksum does not match");
    }

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.Ordinal);

    private static string Begin(string kind) => $"-----BEGIN PGP {kind}-----";

    private static string End(string kind) => $"-----END PGP {kind}-----";

    private static string LineAt(string[] lines, int index) =>
        index < lines.Length ? lines[index] : throw new InvalidDataException("its armour is cut short");

    private static string[] Lines(ReadOnlySpan<byte> content) =>
        Array.ConvertAll(Encoding.Latin1.GetString(content).Split('\n'), line => line.EndsWith('\r') ? line[..^1] : line);
}

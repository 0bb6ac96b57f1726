using System.Text;

namespace Imgsync.Core.Signatures.Documents;

/// <summary>
/// Takes a clear-signed file apart (RFC 9580 section 7). What stands before and after the signed part is not looked at,
/// and two signed parts are refused: no reader of the result can take unsigned text for signed.
/// </summary>
/// <param name="Canonical">What is hashed: lines joined by CR LF, none after the last.</param>
internal sealed record ClearSignedText(byte[] Text, byte[] Canonical, IReadOnlyList<DocumentSignature> Signatures)
{
    private const string Begin = "-----BEGIN PGP SIGNED MESSAGE-----";
    private const string BeginSignature = "-----BEGIN PGP SIGNATURE-----";

    public static ClearSignedText Parse(ReadOnlyMemory<byte> file)
    {
        // Latin-1 maps every byte to one character and back, whatever encoding the text is in.
        var lines = Encoding.Latin1.GetString(file.Span).Split('\n');
        var begin = FindBegin(lines);
        var body = begin + 1;
        var hashes = ReadHashHeaders(lines, ref body);
        var end = Array.FindIndex(lines, body, line => TrimReturn(line) is BeginSignature);
        if (end < 0)
            throw new InvalidDataException("its signed part has no signature");

        var text = Array.ConvertAll(lines[body..end], line => Unescape(line).TrimEnd(' ', '\t', '\r'));
        var armour = Encoding.Latin1.GetBytes(string.Join('\n', lines[end..]));
        var signatures = DocumentSignature.ReadAll(Armour.DecodeAll(Armour.Signature, armour).First(), hashes);
        return new ClearSignedText(
            Encoding.Latin1.GetBytes(string.Concat(text.Select(line => line + '\n'))),
            Encoding.Latin1.GetBytes(string.Join("\r\n", text)),
            signatures);
    }

    private static int FindBegin(string[] lines)
    {
        var begin = Array.FindIndex(lines, IsBegin);
        if (begin < 0 || TrimReturn(lines[begin]) is not Begin)
            throw new InvalidDataException("it has no clear-signed part");

        return Array.FindIndex(lines, begin + 1, IsBegin) < 0
            ? begin
            : throw new InvalidDataException("it has more than one clear-signed part");
    }

    private static bool IsBegin(string line) => line.StartsWith(Begin[..^5], StringComparison.Ordinal);

    // Section 7.2: no other header, else a reader could take it for text; the line after them is empty, not blank.
    private static List<string> ReadHashHeaders(string[] lines, ref int next)
    {
        const string Key = "Hash: ";
        var hashes = new List<string>();
        for (; next < lines.Length && TrimReturn(lines[next]) is { Length: > 0 } line; next++)
        {
            if (!line.StartsWith(Key, StringComparison.Ordinal))
                throw new InvalidDataException("its signed part has an unknown header line");

            hashes.AddRange(line[Key.Length..].Split(','));
        }

        next++;
        return next < lines.Length ? hashes : throw new InvalidDataException("its signed part is cut short");
    }

    private static string Unescape(string line) => !line.StartsWith('-') ? line
        : line.StartsWith("- ", StringComparison.Ordinal) ? line[2..]
        : throw new InvalidDataException("its signed part has a line that starts with an unescaped dash");

    private static string TrimReturn(string line) => line.EndsWith('\r') ? line[..^1] : line;
}

/// <summary>The signed part of a clear-signed file.</summary>
/// <param name="Fingerprint">The pinned fingerprint that signed, in upper-case hex.</param>
/// <param name="MadeAt">By the signature's own, signed time.</param>
/// <param name="Text">
/// Exactly what the signature covers: dash-unescaped, without blanks at line ends. Every line ends in a line feed.
/// </param>
public sealed record ClearSigned(string Fingerprint, DateTimeOffset MadeAt, byte[] Text)
{
    /// <summary>When the key that signed ends, or its primary key; null for never.</summary>
    public DateTimeOffset? KeyEnds { get; init; }
}

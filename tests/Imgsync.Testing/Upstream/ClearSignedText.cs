using System.Text;

namespace Imgsync.Testing.Upstream;

/// <summary>A text with its signature around it (RFC 9580, section 7).</summary>
public static class ClearSignedText
{
    /// <param name="hash">As the header names it: <c>SHA512</c>.</param>
    /// <param name="sign">Signs the text as it is hashed, with CR LF between its lines; answers in armour.</param>
    public static string Of(string text, string hash, Func<byte[], string> sign) =>
        $"-----BEGIN PGP SIGNED MESSAGE-----\nHash: {hash}\n\n{text}\n{sign(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")))}";
}

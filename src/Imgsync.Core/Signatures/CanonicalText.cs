namespace Imgsync.Core.Signatures;

/// <summary>
/// The form of a text that is signed: every line ends in CR LF (RFC 9580 section 5.2.1.2). A CR alone has no such form;
/// libraries differ over it, so it is refused.
/// </summary>
internal static class CanonicalText
{
    public static ReadOnlyMemory<byte> Of(ReadOnlySpan<byte> text)
    {
        var canonical = new List<byte>(text.Length + (text.Length / 32));
        var previous = (byte)0;
        foreach (var b in text)
        {
            if (previous == '\r' && b != '\n')
                throw new InvalidDataException("it has a carriage return without a line feed");

            if (b == '\n' && previous != '\r')
                canonical.Add((byte)'\r');

            canonical.Add(b);
            previous = b;
        }

        return previous != '\r' ? canonical.ToArray() : throw new InvalidDataException("it ends in a carriage return");
    }
}

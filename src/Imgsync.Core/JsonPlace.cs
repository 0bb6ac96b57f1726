using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Imgsync.Core;

/// <summary>Where something stands in a JSON text, as people look for it: line and byte counted from one.</summary>
public static class JsonPlace
{
    /// <summary>What is wrong with a text of which <see cref="Text"/> makes nothing, and what to do.</summary>
    public const string HalfCharacter = @"a \ud800 to \udfff without its other half: write the character itself";

    /// <summary>The place of a byte.</summary>
    public static string Of(ReadOnlySpan<byte> text, long position)
    {
        var before = text[..(int)position];
        return $"line {before.Count((byte)'\n') + 1}, byte {before.Length - before.LastIndexOf((byte)'\n')}";
    }

    /// <summary>The place where reading ended.</summary>
    public static string Of(JsonException malformed) => $"line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1}";

    /// <summary>What the parser has to complain of, without the place, which it repeats at the end and counts from zero.</summary>
    public static string Complaint(JsonException malformed)
    {
        var place = malformed.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (place < 0 ? malformed.Message : malformed.Message[..place]).TrimEnd('.', ' ');
    }

    /// <summary>The position of the first byte that is no UTF-8, or null.</summary>
    public static int? FirstOddByte(ReadOnlySpan<byte> text)
    {
        for (var position = 0; position < text.Length;)
        {
            if (Rune.DecodeFromUtf8(text[position..], out _, out var length) is not OperationStatus.Done)
                return position;
            position += length;
        }

        return null;
    }

    /// <summary>The text that a reader stands at; null where it holds half a character.</summary>
    public static string? Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

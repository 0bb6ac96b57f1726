using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Imgsync.Core;

/// <summary>Names a run by its start, so that names sort as runs happened:
/// <c>20240717T181100Z-3f9a</c>. It is safe as a part of a document's name.</summary>
[JsonConverter(typeof(RunIdJsonConverter))]
public sealed partial record RunId
{
    private readonly string _text;

    private RunId(string text) => _text = text;

    /// <summary>Stands for a run that holds the lock and has not said its name.</summary>
    public static RunId Unknown { get; } = new("unknown");

    public static RunId New(DateTimeOffset startedAt) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{startedAt.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{Random.Shared.Next(0x10000):x4}"));

    /// <exception cref="FormatException">It is no run's name.</exception>
    public static RunId Parse(string text) =>
        TryParse(text, out var run) ? run : throw new FormatException($"{text.Shortened()} is no run's name.");

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out RunId? run)
    {
        run = text is not null && Shape().IsMatch(text) ? new RunId(text) : null;
        return run is not null;
    }

    public override string ToString() => _text;

    [GeneratedRegex(@"\A[0-9A-Za-z-]{1,40}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Shape();
}

/// <summary>A run's name in JSON is a string. Public, because the generated code of any assembly that writes one names it.</summary>
public sealed class RunIdJsonConverter : JsonConverter<RunId>
{
    public override RunId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RunId.TryParse(reader.GetString(), out var run)
            ? run
            : throw new JsonException("A run's name has 1 to 40 letters, digits and hyphens.");

    public override void Write(Utf8JsonWriter writer, RunId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

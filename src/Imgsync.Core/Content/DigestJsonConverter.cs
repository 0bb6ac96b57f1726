using System.Text.Json;
using System.Text.Json.Serialization;

namespace Imgsync.Core.Content;

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

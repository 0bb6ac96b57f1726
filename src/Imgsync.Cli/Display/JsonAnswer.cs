using System.Text.Json;
using System.Text.Json.Serialization;

namespace Imgsync.Cli.Display;

/// <summary>An answer for programs: JSON in camel case, enumerations by their names.</summary>
internal static class JsonAnswer
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
    };

    public static void Show<T>(Terminal terminal, T answer) => terminal.Answer(JsonSerializer.Serialize(answer, Form));
}

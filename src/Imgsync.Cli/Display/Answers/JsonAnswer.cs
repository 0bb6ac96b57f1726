using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Imgsync.Cli.Display.Answers;

/// <summary>An answer for programs: JSON in camel case, enumerations by their names.</summary>
internal static class JsonAnswer
{
    /// <param name="form">One of <see cref="AnswerJson"/>'s.</param>
    public static void Show<T>(Terminal terminal, T answer, JsonTypeInfo<T> form) =>
        terminal.Answer(JsonSerializer.Serialize(answer, form));
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Imgsync.Core.Runs;

namespace Imgsync.Cli.Display.Answers;

/// <summary>An answer for programs: JSON in camel case, enumerations by their names.</summary>
internal static class JsonAnswer
{
    /// <param name="form">One of <see cref="AnswerJson"/>'s.</param>
    public static void Show<T>(Terminal terminal, T answer, JsonTypeInfo<T> form) =>
        terminal.Answer(JsonSerializer.Serialize(answer, form));

    /// <summary>A report on one line, where more of them follow.</summary>
    public static void ShowLine(Terminal terminal, SyncReport report) =>
        terminal.AnswerRaw(JsonSerializer.Serialize(report, LineJson.Default.SyncReport));
}

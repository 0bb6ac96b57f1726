using System.Text.Json.Serialization.Metadata;

namespace Imgsync.Cli.Display.Answers;

/// <summary>An answer that lists things: a row each for people, whole records for programs.</summary>
internal static class ListAnswer
{
    public static void Show<T>(
        Terminal terminal, bool asJson, IReadOnlyList<T> entries, JsonTypeInfo<IReadOnlyList<T>> form, IReadOnlyList<Column> columns,
        Func<T, string[]> row)
    {
        if (asJson)
            JsonAnswer.Show(terminal, entries, form);
        else
            AnswerTable.Show(terminal, columns, entries.Select(row));
    }
}

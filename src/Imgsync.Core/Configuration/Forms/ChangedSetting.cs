using System.Collections;

namespace Imgsync.Core.Configuration.Forms;

/// <summary>A setting that differs from its default, which is all that a file needs to hold. A cloud's name is always among them.</summary>
/// <param name="Path">Its keys from the top; a position in a list is a number.</param>
/// <param name="Value">One value, or a list or dictionary of values.</param>
internal sealed record ChangedSetting(IReadOnlyList<object> Path, object Value)
{
    public static IEnumerable<ChangedSetting> Of(ImgsyncOptions options) => Below(options, new ImgsyncOptions(), []);

    private static IEnumerable<ChangedSetting> Below(object record, object defaults, IReadOnlyList<object> path) =>
        OptionRecord.Properties(record.GetType()).SelectMany(property =>
            In(property.GetValue(record), property.GetValue(defaults), [.. path, OptionKeys.Key(property)]));

    private static IEnumerable<ChangedSetting> In(object? value, object? byDefault, IReadOnlyList<object> path) => value switch
    {
        null => byDefault is null ? [] : [new(path, "")], // switched off
        _ when SettingText.Covers(value.GetType()) => Equals(value, byDefault) && path is not ["clouds", _, "name"]
            ? []
            : [new(path, value)],
        IDictionary entries when IsOfValues(entries.Values) => entries.Count == 0 ? [] : [new(path, value)],
        IDictionary entries => entries.Keys.Cast<string>().SelectMany(key => Whole(entries[key]!, [.. path, key])),
        IList items when IsOfValues(items) => items.Count == 0 && byDefault is null or IList { Count: 0 } ? [] : [new(path, value)],
        IList items => items.Cast<object>().SelectMany((item, i) => Whole(item, [.. path, i])),
        _ => Below(value, byDefault ?? OptionRecord.New(value.GetType()), path),
    };

    private static IEnumerable<ChangedSetting> Whole(object record, IReadOnlyList<object> path) =>
        Below(record, OptionRecord.New(record.GetType()), path);

    private static bool IsOfValues(IEnumerable items) => items.Cast<object>().All(item => SettingText.Covers(item.GetType()));
}

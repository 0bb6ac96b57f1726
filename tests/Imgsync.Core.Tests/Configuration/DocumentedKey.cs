using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Tests.Configuration;

/// <summary>One key that can be set, as the documentation shows it. <c>[]</c> stands for a
/// position and <c>&lt;distribution&gt;</c> for a name.</summary>
internal sealed record DocumentedKey(string Path, PropertyInfo Property, object? Default)
{
    public const string ListItem = "[]";
    public const string DictionaryItem = ".<distribution>";

    public string? Description => Property.GetCustomAttribute<DescriptionAttribute>()?.Description;

    public Type Type => Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    public string DefaultText => Default switch
    {
        null => "not set",
        ICollection { Count: 0 } => "empty",
        IList choices => string.Join(", ", choices.Cast<Enum>().Select(choice => $"`\"{Word.Of(choice)}\"`")),
        string text => $"`\"{text}\"`",
        true => "`true`",
        false => "`false`",
        Enum choice => $"`\"{Word.Of(choice)}\"`",
        TimeSpan or long => $"`\"{SettingText.Of(Default)}\"`",
        var other => $"`{Convert.ToString(other, CultureInfo.InvariantCulture)}`",
    };

    public string TypeText => Name(Type);

    public static IEnumerable<DocumentedKey> All => Below(new ImgsyncOptions(), "");

    private static IEnumerable<DocumentedKey> Below(object record, string prefix)
    {
        foreach (var property in record.GetType().GetProperties())
        {
            var path = prefix + OptionKeys.Key(property);
            var type = property.PropertyType;
            var item = OptionKeys.ItemOfList(type) ?? OptionKeys.ValueOfDictionary(type);
            var isLeaf = SettingText.Covers(item ?? Nullable.GetUnderlyingType(type) ?? type);
            var keys = (isLeaf, item) switch
            {
                (true, _) => [new DocumentedKey(path, property, property.GetValue(record))],
                (_, null) => Below(property.GetValue(record)!, path + "."),
                _ => Below(Activator.CreateInstance(item)!, path + (OptionKeys.ItemOfList(type) is null ? DictionaryItem : ListItem) + "."),
            };
            foreach (var key in keys)
                yield return key;
        }
    }

    private static string Name(Type type)
    {
        if (OptionKeys.ItemOfList(type) is { } item)
            return $"list of {Name(item)}";
        if (OptionKeys.ValueOfDictionary(type) is { } value)
            return $"{Name(value)} by name";
        if (type.IsEnum)
            return string.Join(", ", SettingText.ChoicesOf(type));
        return type.Name switch
        {
            nameof(String) => "text",
            nameof(Boolean) => "true or false",
            nameof(Int32) => "whole number",
            nameof(Int64) => "size",
            nameof(TimeSpan) => "duration",
            nameof(Uri) => "URL",
            nameof(Secret) => "secret text",
            _ => throw new InvalidOperationException($"The documentation has no word for {type}."),
        };
    }
}

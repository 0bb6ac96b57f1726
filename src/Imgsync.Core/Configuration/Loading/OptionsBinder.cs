using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Imgsync.Core.Configuration.Sources;

namespace Imgsync.Core.Configuration.Loading;

/// <summary>
/// Fills an options record from what the sources say. Unlike the stock binder it refuses keys it does not know,
/// and gathers every fault instead of stopping at the first.
/// </summary>
internal sealed class OptionsBinder(ICollection<string> faults, SecretFiles secrets)
{
    private static readonly NullabilityInfoContext Nullability = new();

    public T Bind<T>(SettingNode node)
        where T : new() => (T)BindRecord(typeof(T), node);

    private object BindRecord(Type type, SettingNode node)
    {
        var record = OptionRecord.New(type);
        if (!string.IsNullOrEmpty(node.Value))
            faults.Add($"{node.Label} is a section of settings, not a value.");

        foreach (var (key, child) in node.Children)
        {
            var property = OptionKeys.Find(type, key);
            if (property is null)
                faults.Add($"{child.Label} is not a setting{Meant(type, node.Path, key)}.");
            else if (BindProperty(property, child) is { } value)
                property.SetValue(record, value.Content);
        }

        return record;
    }

    /// <summary>The key that another section has by that name, or else the nearest one of this section.</summary>
    private static string Meant(Type type, string section, string key)
    {
        var around = section.Length == 0 ? "" : Origin.Dotted(section) + ".";
        var elsewhere = OptionRecord.Properties(typeof(ImgsyncOptions))
            .Where(part => !section.Contains(':', StringComparison.Ordinal) && OptionRecord.Is(part.PropertyType))
            .SelectMany(part => OptionKeys.Of(part.PropertyType).Select(known => $"{OptionKeys.Key(part)}.{known}"))
            .FirstOrDefault(known => known.EndsWith("." + key, StringComparison.OrdinalIgnoreCase));
        return elsewhere is null
            ? NearestName.Hint(around + key, OptionKeys.Of(type).Select(known => around + known))
            : $" (did you mean {elsewhere}?)";
    }

    /// <summary>Null when the default stays: nothing was said, or what was said is a fault by now.</summary>
    private Bound? BindProperty(PropertyInfo property, SettingNode node)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (!SettingText.Covers(type))
            return node.IsLeaf && node.Value is null ? null : new Bound(BindComposite(type, node));

        if (type == typeof(Secret) && SecretFiles.Named(node) is { } file)
            return BindFile(property, node, file);
        if (string.IsNullOrEmpty(node.Value) && node.IsLeaf && MayBeNull(property))
            return new Bound(null);
        if (node.Value is null && node.IsLeaf)
            return null;
        if (BindValue(type, node) is not { } value)
            return null;

        if (OptionLimits.Broken(property, value) is not { } limits)
            return new Bound(value);

        faults.Add($"{node.Label} is '{node.Value}': it must be {limits}.");
        return null;
    }

    /// <summary>A sign-in, or a receiver, whose file cannot be read counts as whole: that it lacks a secret would be a second
    /// sentence about it.</summary>
    private Bound? BindFile(PropertyInfo property, SettingNode node, string file) =>
        secrets.Read(node, file) is { } text ? new Bound(new Secret(text))
        : property.DeclaringType == typeof(KeystoneOptions) || property.DeclaringType == typeof(NotifyOptions) ? new Bound(new Secret(""))
        : null;

    private object? BindComposite(Type type, SettingNode node)
    {
        if (OptionKeys.ItemOfList(type) is { } item)
            return BindList(item, node);
        return OptionKeys.ValueOfDictionary(type) is { } value ? BindDictionary(value, node) : BindRecord(type, node);
    }

    private object? BindValue(Type type, SettingNode node)
    {
        if (!node.IsLeaf || node.Value is null)
        {
            faults.Add($"{node.Label} takes one value, not a list or a section.");
            return null;
        }

        var (value, complaint) = SettingText.Parse(type, node.Value);
        if (complaint is null)
            return value;

        var shown = type == typeof(Secret) ? "" : $" is '{SettingText.Harmless(node.Value)}': it";
        faults.Add($"{node.Label}{shown} {complaint}.");
        return null;
    }

    private IList BindList(Type item, SettingNode node)
    {
        var list = OptionRecord.NewList(item);
        if (!node.IsLeaf && !node.IsList)
            faults.Add($"{node.Label} must be a list.");
        else
        {
            foreach (var entry in Entries(node))
            {
                if ((SettingText.Covers(item) ? BindValue(item, entry) : BindRecord(item, entry)) is { } value)
                    list.Add(value);
            }
        }

        return list;
    }

    private IDictionary BindDictionary(Type valueType, SettingNode node)
    {
        // Publishers and distributions may be named in capitals by an environment variable; image properties are Glance's, case and all.
        var comparer = valueType == typeof(string) ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
        var dictionary = OptionRecord.NewDictionary(valueType, comparer);
        foreach (var (name, value) in node.IsLeaf || node.IsList ? Pairs(node) : Named(valueType, node))
        {
            if (dictionary.Contains(name))
                faults.Add($"{node.Label} sets '{name}' twice.");
            else if ((SettingText.Covers(valueType) ? BindValue(valueType, value) : BindRecord(valueType, value)) is { } bound)
                dictionary.Add(name, bound);
        }

        return dictionary;
    }

    private static IEnumerable<(string Name, SettingNode Value)> Named(Type valueType, SettingNode node) =>
        SettingText.Covers(valueType) ? node.Leaves() : node.Children.Select(child => (child.Key, child.Value));

    /// <summary><c>key=value</c>, where the value may hold further equals signs.</summary>
    private IEnumerable<(string Name, SettingNode Value)> Pairs(SettingNode node)
    {
        foreach (var entry in Entries(node))
        {
            var equals = entry.Value?.IndexOf('=', StringComparison.Ordinal) ?? -1;
            if (equals > 0)
                yield return (entry.Value![..equals].Trim(), entry.WithValue(entry.Value[(equals + 1)..].Trim()));
            else
                faults.Add($"{entry.Label} is '{SettingText.Harmless(entry.Value ?? "")}': it must be written key=value.");
        }
    }

    /// <summary>A list's items, or the parts of a single value between commas.</summary>
    private static IEnumerable<SettingNode> Entries(SettingNode node) => node.IsLeaf ? node.Parts() : node.Items;

    private static bool MayBeNull(PropertyInfo property) =>
        Nullable.GetUnderlyingType(property.PropertyType) is not null
        || Nullability.Create(property).WriteState == NullabilityState.Nullable;

    private sealed record Bound(object? Content);
}

/// <summary>How much an option may be: its <c>[Range]</c>, and for durations what they are for.</summary>
internal static class OptionLimits
{
    /// <summary>What .NET's timers can wait for, near enough.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(24);

    /// <summary>The limits that a value does not keep to, or null.</summary>
    public static string? Broken(PropertyInfo property, object value)
    {
        if (value is TimeSpan duration && property.GetCustomAttribute<AgeAttribute>() is null)
            return duration > TimeSpan.Zero && duration <= LongestWait ? null : "longer than nothing and at most 24 days";
        if (property.GetCustomAttribute<RangeAttribute>() is not { } range || range.IsValid(value))
            return null;
        return range.Maximum is int.MaxValue or double.PositiveInfinity
            ? $"at least {range.Minimum}"
            : $"between {range.Minimum} and {range.Maximum}";
    }
}

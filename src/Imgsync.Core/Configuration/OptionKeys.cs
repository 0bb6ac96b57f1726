using System.Reflection;

namespace Imgsync.Core.Configuration;

/// <summary>The options records seen as keys: what may be written, and what stands behind it.</summary>
internal static class OptionKeys
{
    public static IEnumerable<string> Of(Type record) => record.GetProperties().Select(Key);

    public static PropertyInfo? Find(Type record, string key) =>
        record.GetProperties().FirstOrDefault(property => string.Equals(property.Name, key, StringComparison.OrdinalIgnoreCase));

    public static string Key(PropertyInfo property) => char.ToLowerInvariant(property.Name[0]) + property.Name[1..];

    public static Type? ItemOfList(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GenericTypeArguments[0] : null;

    public static Type? ValueOfDictionary(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) ? type.GenericTypeArguments[1] : null;
}

/// <summary>A duration that may be nothing at all, or years. Every other one is a
/// time-out, which a timer must be able to wait for.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AgeAttribute : Attribute;

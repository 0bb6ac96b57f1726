using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Imgsync.Core.Configuration;

/// <summary>The options records seen as keys: what may be written, and what stands behind it.</summary>
internal static class OptionKeys
{
    public static IEnumerable<string> Of(Type record) => OptionRecord.Properties(record).Select(Key);

    public static PropertyInfo? Find(Type record, string key) =>
        OptionRecord.Properties(record).FirstOrDefault(property => string.Equals(property.Name, key, StringComparison.OrdinalIgnoreCase));

    public static string Key(PropertyInfo property) => char.ToLowerInvariant(property.Name[0]) + property.Name[1..];

    public static Type? ItemOfList(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GenericTypeArguments[0] : null;

    public static Type? ValueOfDictionary(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) ? type.GenericTypeArguments[1] : null;
}

/// <summary>How the records, lists and dictionaries of the options are made and looked into. Each is named here, so that the compiler of
/// native code sees which types are read by reflection: it leaves out the others' members, and cannot make new generic types.</summary>
internal static class OptionRecord
{
    private static readonly Dictionary<Type, Shape> Shapes = new Shape[]
    {
        Of<ImgsyncOptions>(), Of<CloudOptions>(), Of<KeystoneOptions>(), Of<DistributionOverrides>(), Of<PublishOptions>(),
        Of<PublishOverrides>(), Of<PruneOptions>(), Of<StagingOptions>(), Of<UpstreamOptions>(), Of<SignatureOptions>(),
        Of<WorkflowOptions>(), Of<LogOptions>(), Of<ServeOptions>(), Of<NotifyOptions>(),
    }.ToDictionary(shape => shape.Type);

    private static readonly Dictionary<Type, Func<IList>> Lists = new()
    {
        [typeof(string)] = () => new List<string>(),
        [typeof(Uri)] = () => new List<Uri>(),
        [typeof(Occasion)] = () => new List<Occasion>(),
        [typeof(NotifyOptions)] = () => new List<NotifyOptions>(),
        [typeof(CloudOptions)] = () => new List<CloudOptions>(),
    };

    private static readonly Dictionary<Type, Func<StringComparer, IDictionary>> Dictionaries = new()
    {
        [typeof(string)] = comparer => new Dictionary<string, string>(comparer),
        [typeof(Uri)] = comparer => new Dictionary<string, Uri>(comparer),
        [typeof(DistributionOverrides)] = comparer => new Dictionary<string, DistributionOverrides>(comparer),
    };

    public static bool Is(Type type) => Shapes.ContainsKey(type);

    /// <summary>One with all of its defaults.</summary>
    public static object New(Type record) => Shapes[record].New();

    public static IReadOnlyList<PropertyInfo> Properties(Type record) => Shapes[record].Properties;

    public static IList NewList(Type item) => Lists[item]();

    public static IDictionary NewDictionary(Type value, StringComparer names) => Dictionaries[value](names);

    private static Shape Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>()
        where T : new() => new(typeof(T), typeof(T).GetProperties(), () => new T());

    private sealed record Shape(Type Type, IReadOnlyList<PropertyInfo> Properties, Func<object> New);
}

/// <summary>A duration that may be nothing at all, or years. Every other one is a
/// time-out, which a timer must be able to wait for.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AgeAttribute : Attribute;

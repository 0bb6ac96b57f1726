using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Imgsync.Core.Configuration.Sources;

/// <summary>
/// What the sources say below one key: a value, or further keys. Layering is ours and not the configuration provider's,
/// because that one merges lists by position: two names over three would leave the third standing.
/// </summary>
internal sealed class SettingNode(string path, Origin origin, IEqualityComparer<string>? keys = null)
{
    public string Path { get; } = path;

    public Origin Origin { get; private set; } = origin;

    public string? Value { get; private set; }

    /// <summary>By their keys, whose case does not matter unless somebody else's file says otherwise.</summary>
    public OrderedDictionary<string, SettingNode> Children { get; } = new(keys ?? StringComparer.OrdinalIgnoreCase);

    /// <summary>How the key is called where it was set: <c>publish.keep (imgsync.json)</c>.</summary>
    public string Label => $"{Origin.Spell(Path)} ({Origin.Where})";

    public bool IsLeaf => Children.Count == 0;

    public bool IsList => !IsLeaf && Children.Keys.All(key => int.TryParse(key, CultureInfo.InvariantCulture, out _));

    /// <summary>The items of a list, in the order of their positions.</summary>
    public IEnumerable<SettingNode> Items => Children
        .OrderBy(child => int.Parse(child.Key, CultureInfo.InvariantCulture))
        .Select(child => child.Value);

    public static SettingNode Root(Origin origin, IEqualityComparer<string>? keys = null) => new("", origin, keys);

    public static SettingNode From(IConfiguration section, string path, Origin origin)
    {
        var node = new SettingNode(path, origin) { Value = (section as IConfigurationSection)?.Value };
        foreach (var child in section.GetChildren())
            node.Children[child.Key] = From(child, Below(path, child.Key), origin);
        return node;
    }

    public SettingNode WithValue(string value) => new(Path, Origin, Children.Comparer) { Value = value };

    public SettingNode? Find(string relativePath)
    {
        var node = this;
        foreach (var key in relativePath.Split(':'))
        {
            if (!node.Children.TryGetValue(key, out node))
                return null;
        }

        return node;
    }

    public SettingNode Set(string relativePath, string? value, Origin origin)
    {
        var node = this;
        foreach (var key in relativePath.Split(':'))
        {
            if (!node.Children.TryGetValue(key, out var child))
                node.Children[key] = child = new SettingNode(Below(node.Path, key), origin, node.Children.Comparer);
            node = child;
        }

        (node.Value, node.Origin) = (value, origin);
        return node;
    }

    /// <summary>One more key, whatever signs it holds.</summary>
    public SettingNode Add(string key, string? value) =>
        Children[key] = new SettingNode(Below(Path, key), Origin, Children.Comparer) { Value = value };

    /// <summary>Both, where <paramref name="upper"/> wins: sections merge key by key, values and lists of values are replaced.</summary>
    public SettingNode Under(SettingNode upper)
    {
        if (upper.IsLeaf)
            return upper.Value is null && !IsLeaf ? this : upper;
        if (IsLeaf || (upper.IsList && upper.Items.All(item => item.IsLeaf)))
            return upper;

        var merged = new SettingNode(upper.Path, upper.Origin, upper.Children.Comparer);
        foreach (var (key, child) in Children)
            merged.Children[key] = upper.Children.TryGetValue(key, out var over) ? child.Under(over) : child;
        foreach (var (key, child) in upper.Children)
            merged.Children.TryAdd(key, child);
        return merged;
    }

    /// <summary>The parts of a single value that lists its items between commas.</summary>
    public IEnumerable<SettingNode> Parts() =>
        (Value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(WithValue);

    /// <summary>The same tree with fewer values.</summary>
    public SettingNode Where(Func<string, SettingNode, bool> isWanted)
    {
        var fewer = new SettingNode(Path, Origin, Children.Comparer);
        foreach (var (name, leaf) in Leaves().Where(leaf => isWanted(leaf.Name, leaf.Leaf)))
            fewer.Set(name, leaf.Value, leaf.Origin);
        return fewer;
    }

    /// <summary>The same tree with other keys; where two become one, the first counts. Labels keep the keys as written.</summary>
    public SettingNode Renamed(Func<string, string> rename)
    {
        var renamed = new SettingNode(Path, Origin, Children.Comparer) { Value = Value };
        foreach (var (key, child) in Children)
            renamed.Children.TryAdd(rename(key), child.Renamed(rename));
        return renamed;
    }

    /// <summary>The same tree with one key's items replaced.</summary>
    public SettingNode With(string key, IEnumerable<SettingNode> items)
    {
        var list = new SettingNode(Below(Path, key), Children.TryGetValue(key, out var old) ? old.Origin : Origin);
        foreach (var item in items)
            list.Children[$"{list.Children.Count}"] = item;

        var copy = new SettingNode(Path, Origin, Children.Comparer) { Value = Value };
        foreach (var (name, child) in Children)
            copy.Children[name] = child;
        copy.Children[key] = list;
        return copy;
    }

    /// <summary>Every value below, by its path from here; a property's name may itself hold colons.</summary>
    public IEnumerable<(string Name, SettingNode Leaf)> Leaves() => Children.SelectMany(child => child.Value.IsLeaf
        ? [(child.Key, child.Value)]
        : child.Value.Leaves().Select(leaf => (child.Key + ":" + leaf.Name, leaf.Leaf)));

    private static string Below(string path, string key) => path.Length == 0 ? key : path + ":" + key;
}

using YamlDotNet.Core;

namespace Imgsync.Core.Configuration.Sources;

/// <summary>A YAML file as settings: <c>imgsync.yaml</c>, and the files of clouds.yaml's family.</summary>
internal sealed class YamlSettings
{
    private const int Deepest = 20;

    /// <summary>Far more than any settings have, and far less than aliases of aliases can make.</summary>
    private const int MostValues = 100_000;

    private readonly string _path;
    private int _values;

    private readonly bool _isOurs;

    private YamlSettings(string path, bool isOurs) => (_path, _isOurs) = (path, isOurs);

    /// <param name="keys">How keys compare; by default as ours do, in any case.</param>
    public static SettingNode Read(string path, StringComparer? keys = null)
    {
        var text = SettingsText.Read(path);
        try
        {
            var root = SettingNode.Root(Origin.File(path), keys);
            foreach (var document in YamlValue.ReadAll(text))
                new YamlSettings(path, isOurs: keys is null).AddDocument(root, document);
            return root;
        }
        catch (YamlException exception)
        {
            var complaint = exception.Message.TrimEnd('.');
            throw new ConfigurationException($"The settings file {path} is not valid YAML at line {exception.Start.Line}: {complaint}.");
        }
    }

    private void AddDocument(SettingNode root, YamlValue document)
    {
        if (document is { Scalar: not null } or { Items: not null })
            throw new ConfigurationException($"The settings file {_path} is not a YAML mapping of names to values.");
        foreach (var (key, value) in document.Mapping ?? [])
            Add(root, key, value);
    }

    private void Add(SettingNode parent, string key, YamlValue value, int depth = 0)
    {
        // An anchor may contain itself, and aliases of aliases grow by powers.
        if (depth > Deepest)
            throw new ConfigurationException($"The settings file {_path} nests deeper than any setting below '{key}'.");
        if (++_values > MostValues)
            throw new ConfigurationException($"The settings file {_path} means more than {MostValues} values, by aliases of aliases.");
        if (parent.Children.IndexOf(key) is >= 0 and var place)
        {
            var twin = parent.Children.GetAt(place).Key;
            throw new ConfigurationException(
                $"The settings file {_path} has '{twin}' and, at line {value.Line}, '{key}', which are the same setting.");
        }

        switch (value)
        {
            case { Mapping: { } mapping }:
                var section = Set(parent, key, null);
                foreach (var (name, inner) in mapping)
                    Add(section, name, inner, depth + 1);
                break;
            case { Items: { Count: > 0 } items }:
                var list = Set(parent, key, null);
                foreach (var (position, item) in items.Index())
                    Add(list, $"{position}", item, depth + 1);
                break;
            default:
                Set(parent, key, value.Items is null ? value.Scalar : "");
                break;
        }
    }

    /// <summary>In our files a colon stands between a section and its key, as everywhere; in others it is a sign like any.</summary>
    private SettingNode Set(SettingNode parent, string key, string? value) =>
        _isOurs ? parent.Set(key, value, parent.Origin) : parent.Add(key, value);
}

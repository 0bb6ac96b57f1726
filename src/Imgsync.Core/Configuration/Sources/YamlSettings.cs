using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Imgsync.Core.Configuration.Sources;

/// <summary>A YAML file as settings: <c>imgsync.yaml</c>, and the files of clouds.yaml's family.</summary>
internal static class YamlSettings
{
    private const int Deepest = 20;

    // YAML 1.2's null, and the ways to write it that YAML 1.1 has besides.
    private static readonly string[] Nulls = ["", "~", "null", "Null", "NULL"];

    public static SettingNode Read(string path)
    {
        var root = SettingNode.Root(Origin.File(path));
        try
        {
            using var reader = File.OpenText(path);
            var stream = new YamlStream();
            stream.Load(new MergingParser(new Parser(reader)));
            foreach (var document in stream.Documents.Where(document => !IsNull(document.RootNode)))
                Add(root, (YamlMappingNode)document.RootNode);
            return root;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"The settings file {path} cannot be read: {exception.Message.TrimEnd('.')}.");
        }
        catch (YamlException exception)
        {
            var complaint = exception.Message.TrimEnd('.');
            throw new ConfigurationException($"The settings file {path} is not valid YAML at line {exception.Start.Line}: {complaint}.");
        }
        catch (InvalidCastException)
        {
            throw new ConfigurationException($"The settings file {path} is not a YAML mapping of names to values.");
        }
    }

    private static void Add(SettingNode parent, YamlMappingNode mapping)
    {
        foreach (var (key, value) in mapping.Children)
            Add(parent, ((YamlScalarNode)key).Value ?? "", value);
    }

    private static void Add(SettingNode parent, string key, YamlNode value)
    {
        // An anchor may contain itself.
        if (parent.Path.Count(letter => letter == ':') > Deepest)
            throw new ConfigurationException($"The settings file {parent.Origin.Where} nests deeper than any setting below '{key}'.");

        switch (value)
        {
            case YamlMappingNode mapping:
                Add(parent.Set(key, null, parent.Origin), mapping);
                break;
            case YamlSequenceNode { Children.Count: 0 }:
                parent.Set(key, "", parent.Origin);
                break;
            case YamlSequenceNode sequence:
                var list = parent.Set(key, null, parent.Origin);
                for (var i = 0; i < sequence.Children.Count; i++)
                    Add(list, $"{i}", sequence.Children[i]);
                break;
            default:
                parent.Set(key, IsNull(value) ? null : ((YamlScalarNode)value).Value, parent.Origin);
                break;
        }
    }

    private static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain or ScalarStyle.Any } scalar
        && Nulls.Contains(scalar.Value, StringComparer.Ordinal);
}

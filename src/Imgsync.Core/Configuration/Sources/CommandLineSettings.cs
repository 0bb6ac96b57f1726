namespace Imgsync.Core.Configuration.Sources;

/// <summary>Options given on the command line; the host has put them in colon form already.</summary>
internal static class CommandLineSettings
{
    public static SettingNode Read(IReadOnlyDictionary<string, string?> options)
    {
        var origin = new Origin("command line", Origin.Dotted);
        var root = SettingNode.Root(origin);
        foreach (var (key, value) in options)
            root.Set(key, value, origin);
        return root;
    }
}

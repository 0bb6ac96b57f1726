namespace Imgsync.Core.Configuration.Sources;

/// <summary>The original's <c>[keystone_auth]</c> as a cloud of ours.</summary>
internal static class OriginalCloud
{
    public static SettingNode Translate(IReadOnlyList<OsloOption> options, string path)
    {
        var cloud = SettingNode.Root(Origin.File(path));
        foreach (var option in options.OrderByDescending(option => KeystoneWords.IsOlder(option.Name)))
        {
            var origin = Origin.NamedInFile(option.ToString(), path);
            if (option.Name is "timeout")
                cloud.Set("timeout", option.Value + "s", origin);
            else if (KeystoneWords.KeyOf(option.Name) is { } key)
                cloud.Set(key, option.Value, origin);
        }

        foreach (var option in options.Where(option => option.Name is KeystoneWords.DefaultDomainId or KeystoneWords.DefaultDomainName))
            KeystoneWords.SpreadDefaultDomain(cloud, option.Name, option.Value, Origin.NamedInFile(option.ToString(), path));
        return cloud;
    }
}

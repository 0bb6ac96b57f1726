using System.Text.RegularExpressions;

namespace Imgsync.Core.Configuration.Sources;

/// <summary>One cloud of a clouds.yaml in our words. What concerns other services than image and identity is passed over;
/// what stands within <c>auth</c> concerns the sign-in, so what nobody knows there is a slip.</summary>
internal static partial class CloudsFileCloud
{
    public static IReadOnlyList<SettingNode> Translate(SettingNode cloud, string name, string? chosenRegion, string? home)
    {
        var regions = Regions(cloud);
        if ((chosenRegion ?? cloud.Find("region_name")?.Value) is { } region)
        {
            var described = regions.Find(known => string.Equals(known.Name, region, StringComparison.Ordinal)).Values;
            return [InRegion(described is null ? cloud : cloud.Under(described), name, region, home)];
        }

        return regions.Count switch
        {
            0 => [InRegion(cloud, name, null, home)],
            1 => [InRegion(cloud.Under(regions[0].Values), name, regions[0].Name, home)],
            _ => [.. regions.Select(known => InRegion(cloud.Under(known.Values), $"{name}/{known.Name}", known.Name, home))],
        };
    }

    /// <summary>A region is a name, or a name with values of its own.</summary>
    private static List<(string Name, SettingNode Values)> Regions(SettingNode cloud)
    {
        var regions = cloud.Find("regions") is { IsLeaf: false } list ? list.Items : [];
        return [.. regions.Select(region => region.IsLeaf
            ? (region.Value ?? "", SettingNode.Root(region.Origin))
            : (region.Find("name")?.Value ?? "", region.Find("values") ?? SettingNode.Root(region.Origin)))];
    }

    private static SettingNode InRegion(SettingNode source, string name, string? region, string? home)
    {
        var cloud = SettingNode.Root(source.Origin);
        cloud.Set("name", name, source.Origin);
        if (region is not null)
            cloud.Set("region", region, source.Find("region_name")?.Origin ?? source.Origin);

        if (Slips(source).ToList() is { Count: > 0 } slips)
            throw new ConfigurationException(slips);
        List<(string Word, SettingNode Leaf)> words = [.. Words(source)];
        foreach (var (word, leaf) in words.OrderBy(word => KeystoneWords.Weight(word.Word)))
            Add(cloud, word, Filled(source, word, leaf, region), leaf, home);
        KeystoneWords.SpreadDomainBesideProject(cloud);
        foreach (var (word, leaf) in words.Where(word => word.Word is KeystoneWords.DefaultDomainId or KeystoneWords.DefaultDomainName))
            KeystoneWords.SpreadDefaultDomain(cloud, word, leaf.Value!, Spelled(leaf));
        return cloud;
    }

    /// <summary>Old files have the words of <c>auth</c> beside it.</summary>
    private static IEnumerable<(string Word, SettingNode Leaf)> Words(SettingNode source) => source.Children
        .Concat(source.Find("auth")?.Children ?? [])
        .Where(word => word.Value is not { IsLeaf: true, Value: null or "" } && word.Key is not "region_name")
        .Where(word => word.Value.IsLeaf || (KeystoneWords.KeyOf(word.Key) is not null
            ? throw new ConfigurationException($"{word.Value.Label} takes one value, not a list or a section.") : false))
        .Select(word => (word.Key, word.Value));

    /// <summary>None where the sign-in is of a type that is not spoken here: then that is what is to be told.</summary>
    private static IEnumerable<string> Slips(SettingNode source)
    {
        var type = (source.Find("auth_type") ?? source.Find("auth")?.Find("auth_type"))?.Value ?? "password";
        return type is "token" || KeystoneWords.Types.Contains(type, StringComparer.OrdinalIgnoreCase)
            ? from word in source.Find("auth")?.Children ?? []
              where word.Value is not { IsLeaf: true, Value: null or "" } && !IsKnown(word.Key)
              select $"{word.Value.Label} is not a word of a sign-in{NearestName.Hint(word.Key, KeystoneWords.Known)}."
            : [];
    }

    private static bool IsKnown(string word) => KeystoneWords.Known.Contains(word, StringComparer.OrdinalIgnoreCase)
        || word is "region_name" or "verify" or "api_timeout" or "image_api_version";

    /// <summary>A URL may hold other words of the cloud in braces: one profile for all regions of a provider.</summary>
    private static string Filled(SettingNode source, string word, SettingNode leaf, string? region)
    {
        return KeystoneWords.KeyOf(word) is "auth:authUrl" or "imageEndpoint"
            ? Brace().Replace(leaf.Value!, brace => Named(brace.Groups["word"].Value))
            : leaf.Value!;

        string Named(string other) => (other is "region_name" ? region : source.Find(other)?.Value)
            ?? throw new ConfigurationException($"{leaf.Label} has {{{other}}} in its URL, and the cloud has no {other}.");
    }

    private static void Add(SettingNode cloud, string word, string value, SettingNode leaf, string? home)
    {
        switch (word)
        {
            case "verify" or "insecure":
                var isInsecure = SettingText.Parse(typeof(bool), value).Value is bool said
                    ? said == word is "insecure"
                    : throw new ConfigurationException($"{leaf.Label} is '{value}': it must be true or false; authorities go into cacert.");
                if (isInsecure || cloud.Find("insecure") is null)
                    cloud.Set("insecure", isInsecure ? "true" : "false", Spelled(leaf));
                break;
            case "api_timeout":
                cloud.Set("timeout", value + "s", Spelled(leaf));
                break;
            case "image_api_version" when !value.TrimStart('v', 'V').StartsWith('2'):
                throw new ConfigurationException($"{leaf.Label} is '{value}': imgsync speaks version 2 of the image API.");
            case not null when KeystoneWords.KeyOf(word) is { } key:
                cloud.Set(key, KeystoneWords.AtHome(key, value, home), Spelled(leaf));
                break;
        }
    }

    [GeneratedRegex(@"\{(?<word>[^{}]*)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Brace();

    private static Origin Spelled(SettingNode leaf) => Origin.NamedInFile(Origin.Dotted(leaf.Path), leaf.Origin.Where);
}

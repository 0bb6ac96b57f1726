namespace Imgsync.Core.Configuration;

/// <summary>
/// How a distribution's images look in a cloud: the general settings, over them the cloud's, over them the distribution's.
/// </summary>
public static class EffectivePublish
{
    public static PublishOptions For(ImgsyncOptions options, CloudOptions cloud, string distributionKey)
    {
        var inCloud = cloud.Publish.ApplyTo(options.Publish);
        return options.Overrides.TryGetValue(distributionKey, out var distribution) ? distribution.Publish.ApplyTo(inCloud) : inCloud;
    }

    /// <summary>Settings that look as if they did something and do not.</summary>
    internal static IEnumerable<string> Warnings(ImgsyncOptions options) =>
        from cloud in options.Clouds
        let unshared = options.Overrides.Keys.Prepend("")
            .Select(key => For(options, cloud, key))
            .FirstOrDefault(publish => publish.Members.Count > 0 && publish.Visibility != ImageVisibility.Shared)
        where unshared is not null
        let visibility = unshared.Visibility.ToString().ToLowerInvariant()
        select $"The cloud '{cloud.Name}' names publish.members for images whose visibility is {visibility}: only shared images have members.";
}

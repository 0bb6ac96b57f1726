using System.Text.RegularExpressions;

namespace Imgsync.Core.Glance.Keystone;

/// <summary>Endpoints come with and without their version, and below a path such as <c>/image</c>.</summary>
internal static partial class VersionedUri
{
    /// <summary>The same endpoint with this version at its end, whatever version it named:
    /// <c>https://host/image</c> to <c>https://host/image/v2/</c>.</summary>
    public static Uri Of(Uri endpoint, string version) =>
        new UriBuilder(endpoint) { Path = Version().Replace(endpoint.AbsolutePath, "") + $"/{version}/", Query = "", Fragment = "" }.Uri;

    public static bool HasVersion(Uri endpoint) =>
        endpoint.AbsolutePath.TrimEnd('/').Length > 0 && Version().Match(endpoint.AbsolutePath).Groups["version"].Success;

    [GeneratedRegex(@"(?<version>/v[0-9]+(\.[0-9]+)?)?/*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Version();
}

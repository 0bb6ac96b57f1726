using System.Text.Json;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Glance.Keystone;

/// <summary>The service catalogue that comes with a scoped token (Identity API v3, "Catalog").</summary>
public sealed record ServiceCatalog(IReadOnlyList<CatalogEndpoint> Endpoints)
{
    /// <summary>Entries that lack something, of whatever service, are as good as none.</summary>
    internal static ServiceCatalog Read(JsonElement token) => new(
    [
        .. from service in token.Items("catalog")
           from endpoint in service.Items("endpoints")
           let url = Uri.TryCreate(endpoint.Optional("url"), UriKind.Absolute, out var uri) ? uri : null
           where url is { Scheme: "http" or "https" }
           select new CatalogEndpoint(
               service.Optional("type") ?? "",
               endpoint.Optional("interface") ?? "",
               endpoint.Optional("region_id") ?? endpoint.Optional("region") ?? "",
               url) { Service = service.Optional("name") ?? "" },
    ]);

    /// <exception cref="CloudRefusedException">None, or more than one, suits the cloud's region and interface.</exception>
    internal Uri FindImageEndpoint(CloudOptions cloud)
    {
        var images = Endpoints.Where(e => e.ServiceType is "image").ToList();
        var face = cloud.Interface.EndsWith("URL", StringComparison.Ordinal) ? cloud.Interface[..^3] : cloud.Interface;
        var suitable = images
            .Where(e => string.Equals(e.Interface, face, StringComparison.OrdinalIgnoreCase))
            .Where(e => string.IsNullOrEmpty(cloud.Region) || string.Equals(e.Region, cloud.Region, StringComparison.Ordinal))
            .DistinctBy(e => VersionedUri.Of(e.Url, "v2"))
            .ToList();

        return suitable is [var only] ? only.Url : throw Refuse(cloud, face, images, suitable);
    }

    private CloudRefusedException Refuse(CloudOptions cloud, string face, List<CatalogEndpoint> images, List<CatalogEndpoint> suitable)
    {
        var region = string.IsNullOrEmpty(cloud.Region) ? "any region" : $"region {cloud.Region}";
        var attempted = $"Cannot find the image service of cloud '{cloud.Name}'";
        if (Endpoints.Count == 0)
            return new($"{attempted}: its token comes without a service catalogue; set a project to sign in to, or ImageEndpoint.");

        if (images.Count == 0)
            return new(
                $"{attempted}: the catalogue of this project has no image service at all; sign in to a project that has "
                    + "one, or set ImageEndpoint.");

        var known = string.Join(", ", images.Select(e => $"{e.Interface} in {e.Region}").Distinct(StringComparer.Ordinal));
        var several = string.Join(", ", suitable.Select(e => $"{e.Service} {e.Url.InMessages()} in {e.Region}".Trim()));
        return suitable.Count > 1
            ? new(
                $"{attempted}: the catalogue has several {face} endpoints in {region} ({several.OnOneLine()}); "
                    + (suitable.TrueForAll(e => e.Region == suitable[0].Region) ? "set ImageEndpoint to one of them." : "set Region."))
            : new(
                $"{attempted}: the catalogue has no {face} endpoint in {region}, but {known}; set Region and Interface to what "
                    + "it has, or ImageEndpoint.");
    }
}

/// <param name="ServiceType">Such as <c>image</c>.</param>
/// <param name="Interface"><c>public</c>, <c>internal</c> or <c>admin</c>.</param>
public sealed record CatalogEndpoint(string ServiceType, string Interface, string Region, Uri Url)
{
    /// <summary>The name of the service that it belongs to.</summary>
    public string Service { get; init; } = "";
}

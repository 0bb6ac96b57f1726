using System.Text.Json;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Glance.Keystone;

/// <summary>The service catalogue that comes with a scoped token (Identity API v3, "Catalog").</summary>
public sealed record ServiceCatalog(IReadOnlyList<CatalogEndpoint> Endpoints)
{
    internal static ServiceCatalog Parse(JsonElement token)
    {
        if (!token.TryGetProperty("catalog", out var catalog) || catalog.ValueKind != JsonValueKind.Array)
            return new([]);

        var endpoints =
            from service in catalog.EnumerateArray()
            from endpoint in service.GetProperty("endpoints").EnumerateArray()
            let url = Uri.TryCreate(endpoint.GetProperty("url").GetString(), UriKind.Absolute, out var uri) ? uri : null
            where url is { Scheme: "http" or "https" }
            select new CatalogEndpoint(
                service.GetProperty("type").GetString() ?? "",
                endpoint.GetProperty("interface").GetString() ?? "",
                endpoint.Optional("region_id") ?? endpoint.Optional("region") ?? "",
                url);
        return new([.. endpoints]);
    }

    /// <exception cref="CloudRefusedException">None, or more than one, suits the cloud's region and interface.</exception>
    internal Uri FindImageEndpoint(CloudOptions cloud)
    {
        var images = Endpoints.Where(e => e.ServiceType is "image").ToList();
        var face = cloud.Interface.EndsWith("URL", StringComparison.Ordinal) ? cloud.Interface[..^3] : cloud.Interface;
        var suitable = images
            .Where(e => string.Equals(e.Interface, face, StringComparison.OrdinalIgnoreCase))
            .Where(e => string.IsNullOrEmpty(cloud.Region) || string.Equals(e.Region, cloud.Region, StringComparison.Ordinal))
            .DistinctBy(e => e.Url)
            .ToList();

        return suitable is [var only] ? only.Url : throw Refuse(cloud, face, images, suitable.Count);
    }

    private CloudRefusedException Refuse(CloudOptions cloud, string face, List<CatalogEndpoint> images, int suitable)
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
        return suitable > 1
            ? new($"{attempted}: the catalogue has several {face} endpoints in {region} ({known}); set Region.")
            : new(
                $"{attempted}: the catalogue has no {face} endpoint in {region}, but {known}; set Region and Interface to what "
                    + "it has, or ImageEndpoint.");
    }
}

/// <param name="ServiceType">Such as <c>image</c>.</param>
/// <param name="Interface"><c>public</c>, <c>internal</c> or <c>admin</c>.</param>
public sealed record CatalogEndpoint(string ServiceType, string Interface, string Region, Uri Url);

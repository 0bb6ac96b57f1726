using System.Net;
using System.Text.Json;
using Imgsync.Core.Configuration;
using RestSharp;

namespace Imgsync.Core.Glance.Keystone;

/// <summary>Finds Keystone's v3 behind an authentication URL with or without a version (Identity API, "List versions").</summary>
internal sealed class KeystoneDiscovery(CloudOptions cloud, CloudApi api)
{
    private Uri? _found;

    /// <summary>The URL ending in <c>/v3/</c>.</summary>
    public async Task<Uri> FindAsync(CancellationToken cancellationToken)
    {
        var given = cloud.Auth.AuthUrl ?? throw new ConfigurationException($"Auth.AuthUrl of cloud '{cloud.Name}' is not set.");
        return _found ??= VersionedUri.HasVersion(given) ? VersionedUri.Of(given, "v3") : await AskAsync(given, cancellationToken);
    }

    private async Task<Uri> AskAsync(Uri given, CancellationToken cancellationToken)
    {
        var what = $"find Keystone's versions at {given.InMessages()}";
        var response = await api.SendAsync(what, new RestRequest(given), cancellationToken);
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.MultipleChoices))
            return (int)response.StatusCode >= 500 ? throw api.Refusal(what, response) : VersionedUri.Of(given, "v3");

        var link = api.Read(what, response, ReadLink) ?? throw api.NotUnderstood(what, "lists no version 3");

        // Behind a proxy Keystone knows neither its own name nor its path; the password goes only where the operator pointed us.
        var (below, linked) = (VersionedUri.Of(given, "v3"), VersionedUri.Of(new UriBuilder(given) { Path = link.AbsolutePath }.Uri, "v3"));
        return below == linked || await IsThereAsync(what, below, cancellationToken) ? below : linked;
    }

    private async Task<bool> IsThereAsync(string what, Uri version, CancellationToken cancellationToken)
    {
        var response = await api.SendAsync(what, new RestRequest(version), cancellationToken);
        return response.StatusCode is HttpStatusCode.OK && response.Content?.Contains("\"v3", StringComparison.Ordinal) == true;
    }

    private Uri? ReadLink(JsonElement body) => (
        from version in body.GetProperty("versions").Items("values")
        where version.Optional("id")?.StartsWith("v3", StringComparison.Ordinal) == true
        from link in version.Items("links")
        where link.Optional("rel") is "self"
        select Uri.TryCreate(cloud.Auth.AuthUrl, link.Optional("href"), out var uri) ? uri : null).FirstOrDefault();
}

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

        var link = ReadLink(what, response)
            ?? throw api.NotUnderstood(what, "lists no version 3");

        // Behind a proxy Keystone may not know its own name; the password goes only where the operator pointed us.
        return VersionedUri.Of(new UriBuilder(given) { Path = link.AbsolutePath }.Uri, "v3");
    }

    private Uri? ReadLink(string what, RestResponse response)
    {
        try
        {
            using var json = JsonDocument.Parse(response.RawBytes);
            var links =
                from version in json.RootElement.GetProperty("versions").GetProperty("values").EnumerateArray()
                where version.GetProperty("id").GetString()!.StartsWith("v3", StringComparison.Ordinal)
                from link in version.GetProperty("links").EnumerateArray()
                where link.Optional("rel") is "self"
                select Uri.TryCreate(cloud.Auth.AuthUrl, link.Optional("href"), out var uri) ? uri : null;
            return links.FirstOrDefault();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw api.NotUnderstood(what, "is no list of versions");
        }
    }
}

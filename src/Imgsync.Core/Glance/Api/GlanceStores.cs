using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using RestSharp;

namespace Imgsync.Core.Glance.Api;

/// <summary>The stores a Glance keeps images in, where it has several (Image API v2,
/// "Stores" and the import method <c>copy-image</c>).</summary>
public sealed class GlanceStores
{
    private readonly GlanceTransport _transport;

    internal GlanceStores(GlanceTransport transport) => _transport = transport;

    /// <summary>Refuses a name that Glance does not have, before a byte is uploaded.</summary>
    /// <param name="wanted">Names out of <c>publish.stores</c>; none is fine for every Glance.</param>
    public async Task RequireAsync(IReadOnlyCollection<string> wanted, CancellationToken cancellationToken)
    {
        if (wanted.Count == 0)
            return;

        var known = await ListAsync(cancellationToken);
        if (wanted.Except(known, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            throw _transport.Api.Refusal(
                $"upload to the store {unknown}", known.Count == 0
                    ? "it has but one store; leave publish.stores out"
                    : $"its stores are {string.Join(", ", known)}; correct publish.stores");
    }

    /// <summary>Those that can be written to; none where Glance has but one and gives it no name.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        const string What = "list the stores";
        var response = await _transport.SendAsync(What, Method.Get, "info/stores", cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound
            ? []
            :
            [
                .. _transport.Api.Read(
                    What, _transport.Expect(What, response, HttpStatusCode.OK),
                    body => body.Each("stores", store => IsSet(store, "read-only") ? null : store.Optional("id"))).OfType<string>(),
            ];
    }

    /// <summary>What Glance tells us of its stores; none where it has but one and gives it no name. What kind a store is, it tells
    /// administrators alone.</summary>
    public async Task<IReadOnlyList<GlanceStore>> DescribeAsync(CancellationToken cancellationToken)
    {
        const string What = "ask what kind the stores are";
        var response = await _transport.SendAsync(What, Method.Get, "info/stores/detail", cancellationToken);
        if (response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
            response = await _transport.SendAsync(What, Method.Get, "info/stores", cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound
            ? []
            :
            [
                .. _transport.Api.Read(
                    What, _transport.Expect(What, response, HttpStatusCode.OK),
                    body => body.Each("stores", store => new GlanceStore(
                        store.Optional("id") ?? "", store.Optional("type"), IsSet(store, "default")))),
            ];
    }

    /// <summary>Starts copying an active image to further stores. Glance goes on by itself,
    /// and says in the image's record how far it is.</summary>
    public async Task CopyAsync(string id, IReadOnlyCollection<string> stores, CancellationToken cancellationToken)
    {
        var what = $"copy image {id} to {string.Join(", ", stores)}";
        var body = new JsonObject
        {
            ["method"] = new JsonObject { ["name"] = "copy-image" },
            ["stores"] = new JsonArray([.. stores.Select(store => (JsonNode)store)]),
            // One store that is full should not keep the image out of the others.
            ["all_stores_must_succeed"] = false,
        };
        var response = await _transport.SendAsync(
            what, Method.Post, $"images/{Uri.EscapeDataString(id)}/import", cancellationToken, body.ToJsonString());
        _transport.Expect(what, response, HttpStatusCode.Accepted);
    }

    // Glance writes these flags as the texts "true" and "True".
    private static bool IsSet(JsonElement store, string flag) =>
        store.Flag(flag) || string.Equals(store.Optional(flag), "true", StringComparison.OrdinalIgnoreCase);
}

/// <summary>One of Glance's stores.</summary>
/// <param name="Type">Glance's word for its driver, such as <c>rbd</c> or <c>file</c>; null where we are not told.</param>
public sealed record GlanceStore(string Id, string? Type, bool IsDefault);

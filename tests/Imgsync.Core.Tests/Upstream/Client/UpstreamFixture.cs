using System.Net;
using Imgsync.Core.Catalog;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Upstream.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace Imgsync.Core.Tests.Upstream.Client;

/// <summary>Clients and catalogue entries for tests against a scripted server.</summary>
internal static class UpstreamFixture
{
    /// <summary>Never repeats a request, so that a script shows each of them.</summary>
    public static UpstreamOptions Options { get; } = new() { Retries = 0, IdleTimeout = TimeSpan.FromSeconds(30) };

    public static UpstreamClient Client(
        UpstreamOptions? options = null, TimeProvider? time = null, Func<IPAddress, IPAddress>? judgedAs = null,
        IReadOnlyList<DistributionSpec>? distributions = null) =>
        new(
            options ?? Options, distributions ?? [], time ?? TimeProvider.System, NullLogger<UpstreamClient>.Instance, judgedAs
                ?? (address => address), PartMemory.Default);

    /// <summary>Loopback addresses that stand for others: <c>("127.0.0.2", "10.0.0.2")</c>. The rest are what they are.</summary>
    public static Func<IPAddress, IPAddress> Standing(params (string Loopback, string For)[] places) => address =>
        places.FirstOrDefault(place => IPAddress.Parse(place.Loopback).Equals(address)) is { For: { } stands } ? IPAddress.Parse(stands) : address;

    public static DistributionSpec Spec(string key, Uri baseUrl, DistributionOverrides? overrides = null) => CatalogLoader
        .Load(
            userFile: null,
            new Dictionary<string, Uri>(StringComparer.Ordinal) { ["debian"] = baseUrl, ["ubuntu"] = baseUrl },
            new Dictionary<string, DistributionOverrides>(StringComparer.Ordinal) { [key] = overrides ?? new() })
        .Get(key);
}

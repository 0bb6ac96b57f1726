using System.Net;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Http;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Upstream.Client;

/// <summary>Reads from publishers and their mirrors, and trusts them with neither our time nor our memory nor our network.</summary>
public sealed class UpstreamClient : IDisposable
{
    private readonly UpstreamRequests _requests;
    private readonly UpstreamImages _images;

    /// <exception cref="ConfigurationException">A file of certificate authorities cannot be used.</exception>
    public UpstreamClient(UpstreamOptions options, DistributionCatalog catalog, TimeProvider time, ILogger<UpstreamClient> logger)
        : this(options, catalog.All, time, logger, judgedAs: address => address, PartMemory.Default)
    {
    }

    /// <param name="judgedAs">The address that one stands for, so that tests have the internet on loopback.</param>
    internal UpstreamClient(
        UpstreamOptions options, IEnumerable<DistributionSpec> distributions, TimeProvider time, ILogger<UpstreamClient> logger,
        Func<IPAddress, IPAddress> judgedAs, PartMemory memory)
    {
        _requests = new UpstreamRequests(options, new UpstreamPlaces(distributions, options.CaFile), time, logger, judgedAs);
        _images = new UpstreamImages(_requests, options, time, logger, memory);
    }

    /// <summary>A small file, whole.</summary>
    /// <exception cref="UpstreamException">The file is missing, larger than allowed, or redirects where it must not.</exception>
    /// <exception cref="UpstreamUnavailableException">The server does not answer, also after some repeats.</exception>
    public async Task<byte[]> ReadAsync(Uri url, int maxBytes, CancellationToken cancellationToken) =>
        await ReadIfPresentAsync(url, maxBytes, cancellationToken) ?? throw UpstreamFailure.Missing(url);

    /// <summary>A small file, whole, or null when the server says that there is none.</summary>
    public async Task<byte[]?> ReadIfPresentAsync(Uri url, int maxBytes, CancellationToken cancellationToken) =>
        (await FindAsync(url, maxBytes, cancellationToken))?.Content;

    /// <summary>A small file with its version, or null when the server says that there is none.</summary>
    public async Task<UpstreamFile?> FindAsync(Uri url, int maxBytes, CancellationToken cancellationToken)
    {
        using var answer = await _requests.FollowAsync(
            url, request => request.Options.Set(BoundedAnswers.Bound, maxBytes), cancellationToken);
        return answer.StatusCode switch
        {
            HttpStatusCode.OK => await TakeAsync(url, answer, maxBytes, cancellationToken),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => null,
            _ => throw UpstreamFailure.From(url, answer),
        };
    }

    /// <summary>Where a URL leads to in the end, whatever is there.</summary>
    /// <exception cref="UpstreamException">It leads nowhere, or where it must not.</exception>
    public async Task<Uri> LocateAsync(Uri url, CancellationToken cancellationToken)
    {
        using var answer = await _requests.FollowAsync(url, static _ => { }, cancellationToken);
        return answer.RequestMessage?.RequestUri is { } answered && answered != url ? answered : throw UpstreamFailure.From(url, answer);
    }

    /// <summary>Whether the server says that the file is still the version we know. Whatever else it says, it must be read anew.</summary>
    public async Task<bool> IsUnchangedAsync(Witness witness, int maxBytes, CancellationToken cancellationToken)
    {
        using var answer = await _requests.FollowAsync(witness.Location, request =>
        {
            request.Options.Set(BoundedAnswers.Bound, maxBytes);
            witness.Version.Expect(request);
        }, cancellationToken);
        return answer.StatusCode == HttpStatusCode.NotModified;
    }

    /// <summary>An image, as a stream from <paramref name="from"/> on where the server can do
    /// that for the same version, else from the start.</summary>
    /// <param name="ifRange">The <see cref="UpstreamBody.Version"/> that the bytes before
    /// <paramref name="from"/> belong to; null where this server has not named one, so that only a digest shows whether they fit.</param>
    /// <exception cref="ContentTooLongException">The image is larger than allowed.</exception>
    public Task<UpstreamBody> OpenAsync(Uri url, long from, string? ifRange, CancellationToken cancellationToken) =>
        _images.OpenAsync(url, from, ifRange, cancellationToken);

    public void Dispose() => _requests.Dispose();

    private static async Task<UpstreamFile> TakeAsync(
        Uri url, HttpResponseMessage answer, int maxBytes, CancellationToken cancellationToken)
    {
        var bytes = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        var (content, fault) = ContentEncodings.Decode(bytes, ContentEncodings.Applied(answer, url), maxBytes);
        return fault is null
            ? new UpstreamFile(content, FileVersion.Of(answer), answer.RequestMessage!.RequestUri!)
            : throw UpstreamFailure.Encoded(url, fault);
    }
}

using System.Net;
using System.Net.Http.Headers;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Glance.Keystone;
using Imgsync.Core.Http;
using RestSharp;

namespace Imgsync.Core.Glance.Api;

/// <summary>Reads what Glance really holds, in a stream and into nothing but digests: memory stays at two blocks.</summary>
public sealed class ImageDownload
{
    private readonly CloudOptions _cloud;
    private readonly HttpClient _http;
    private readonly KeystoneSession _keystone;

    /// <summary>How long Glance may be silent between two blocks: it may wait for its own store.</summary>
    private readonly TimeSpan _patience;

    internal ImageDownload(CloudOptions cloud, HttpClient http, KeystoneSession keystone) =>
        (_cloud, _http, _keystone, _patience) = (cloud, http, keystone, cloud.Timeout * 5);

    /// <param name="progress">Told how many bytes have come.</param>
    /// <exception cref="CloudRefusedException">Glance does not hand the content out, or has none.</exception>
    /// <exception cref="CloudUnavailableException">It does not answer, or its answer breaks off.</exception>
    public async Task<ContentFacts> HashAsync(string id, Action<long> progress, CancellationToken cancellationToken)
    {
        var what = $"read the content of image {id}";
        var url = new Uri(await _keystone.FindImageEndpointAsync(cancellationToken), $"images/{Uri.EscapeDataString(id)}/file");
        try
        {
            using var answer = await AskAsync(what, url, cancellationToken);
            await using var body = new PatientStream(await answer.Content.ReadAsStreamAsync(cancellationToken), _patience);
            using var hasher = new ContentHasher(sha256: true);
            await new BytePass(long.MaxValue, progress).PumpAsync(body, [hasher], CancellationToken.None, cancellationToken);
            return hasher.Finish();
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or TimeoutException)
        {
            throw CloudFailure.WithoutAnswer(what, _cloud, url, failure);
        }
    }

    /// <summary>A token that is not accepted is renewed once.</summary>
    private async Task<HttpResponseMessage> AskAsync(string what, Uri url, CancellationToken cancellationToken)
    {
        for (var renewed = false; ; renewed = true)
        {
            var token = await _keystone.GetTokenAsync(cancellationToken);
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.Add(CloudApi.TokenHeader, token.Value.Reveal());
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/octet-stream"));
            request.Options.Set(BoundedAnswers.Streamed, true);
            var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (answer.StatusCode is HttpStatusCode.OK)
                return answer;

            using (answer)
            {
                if (answer.StatusCode is not HttpStatusCode.Unauthorized || renewed)
                    throw await RefusalAsync(what, answer, token, cancellationToken);
                _keystone.Invalidate(token);
            }
        }
    }

    private async Task<ImgsyncException> RefusalAsync(
        string what, HttpResponseMessage answer, KeystoneToken token, CancellationToken cancellationToken)
    {
        if (answer.StatusCode is HttpStatusCode.NoContent)
            return new CloudRefusedException($"Cannot {what} on cloud '{_cloud.Name}': it has none.") { Status = answer.StatusCode };

        var asked = new RestRequest(answer.RequestMessage!.RequestUri!).AddHeader(CloudApi.TokenHeader, token.Value.Reveal());
        return CloudFailure.Of(what, _cloud, new RestResponse(asked)
        {
            StatusCode = answer.StatusCode,
            StatusDescription = answer.ReasonPhrase,
            ResponseUri = answer.RequestMessage.RequestUri,
            ContentType = answer.Content.Headers.ContentType?.MediaType,
            RawBytes = await answer.Content.ReadAsByteArrayAsync(cancellationToken),
            Content = await answer.Content.ReadAsStringAsync(cancellationToken),
        }, advice: answer.StatusCode is HttpStatusCode.Forbidden
            ? "it was deactivated, or the policy download_image does not allow it"
            : null);
    }

    /// <summary>Gives up a read that takes too long.</summary>
    private sealed class PatientStream(Stream inner, TimeSpan patience) : ForwardStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            late.CancelAfter(patience);
            try
            {
                return await inner.ReadAsync(buffer, late.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException();
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}

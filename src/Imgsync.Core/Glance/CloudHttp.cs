using System.Net;
using Imgsync.Core.Configuration;
using Imgsync.Core.Http;
using Microsoft.Extensions.Logging;
using RestSharp;

namespace Imgsync.Core.Glance;

/// <summary>How bytes travel to a cloud: repeats, bounds and trust from outside to inside, RestSharp on top.</summary>
internal static class CloudHttp
{
    private const int Retries = 4;

    public static HttpClient Open(CloudOptions cloud, TimeProvider time, ILogger logger, HttpMessageHandler? inner)
    {
        var bounded = new BoundedAnswers { InnerHandler = inner ?? Connect(cloud) };
        var retrying = new RetryingHandler(Retries, time, logger, cloud.Timeout) { InnerHandler = bounded };

        // An upload takes as long as it takes; small requests are timed one by one further in.
        return new HttpClient(retrying) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public static RestClient Wrap(HttpClient http) => new(http, new RestClientOptions
    {
        Timeout = Timeout.InfiniteTimeSpan,
        // A redirect would carry the password or the token to another host.
        FollowRedirects = false,
        // Glance compares its patch media type as a whole, parameters included.
        DisableCharset = true,
        SetErrorExceptionOnUnsuccessfulStatusCode = false,
        UserAgent = "imgsync",
    });

    private static SocketsHttpHandler Connect(CloudOptions cloud) => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ConnectTimeout = cloud.Timeout,
        // How long an upload waits for leave to start. uWSGI never gives it, yet refuses a token or a quota within this time.
        Expect100ContinueTimeout = TimeSpan.FromMilliseconds(250),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        SslOptions = CloudTrust.For(cloud),
    };

    /// <summary>Takes in whole answers, so that a cut one is repeated like any other failure, and refuses to take in more than is sane.</summary>
    private sealed class BoundedAnswers : DelegatingHandler
    {
        private const long LargestAnswer = 32L << 20;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            try
            {
                await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellationToken);
                return response;
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }
    }
}

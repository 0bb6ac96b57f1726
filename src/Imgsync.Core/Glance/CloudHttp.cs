using Imgsync.Core.Configuration;
using Imgsync.Core.Http;
using Microsoft.Extensions.Logging;
using RestSharp;

namespace Imgsync.Core.Glance;

/// <summary>How bytes travel to a cloud: repeats, bounds and trust from outside to inside, RestSharp on top.</summary>
internal static class CloudHttp
{
    private const int Retries = 4;
    private const long LargestAnswer = 32L << 20;

    public static HttpClient Open(CloudOptions cloud, TimeProvider time, ILogger logger, HttpMessageHandler? inner) =>
        HttpClients.Open(inner ?? Connect(cloud), Retries, cloud.Timeout, time, logger, LargestAnswer);

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

    private static SocketsHttpHandler Connect(CloudOptions cloud)
    {
        var sockets = HttpClients.Sockets(cloud.Timeout, CloudTrust.For(cloud));

        // How long an upload waits for leave to start. uWSGI never gives it, yet refuses a token or a quota within this time.
        sockets.Expect100ContinueTimeout = TimeSpan.FromMilliseconds(250);
        sockets.PlaintextStreamFilter = (context, _) => ValueTask.FromResult<Stream>(new UploadConnection(context.PlaintextStream));
        return sockets;
    }
}

using System.Net;
using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Http;

/// <summary>The clients that all servers are talked to with: answers bounded, requests
/// repeated, and nothing done that nobody asked for.</summary>
internal static class HttpClients
{
    /// <param name="connectTimeout">How long a connection may take to be made.</param>
    public static SocketsHttpHandler Sockets(TimeSpan connectTimeout, SslClientAuthenticationOptions tls) => new()
    {
        // A redirect would make the server choose whom we talk to, and carry a password or a token there.
        AllowAutoRedirect = false,
        // Images are compared byte by byte with their digests.
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ConnectTimeout = connectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        SslOptions = tls,
    };

    /// <param name="inner">The end of the chain.</param>
    /// <param name="answerTimeout">How long the headers of an answer may take; what streams after them takes as long as it takes.</param>
    /// <param name="everyAnswer">The most bytes of any answer; null where answers may be streams.</param>
    /// <param name="showUrl">How a URL is shown in the log, where its path may be a secret; null for its usual form.</param>
    public static HttpClient Open(
        HttpMessageHandler inner, int retries, TimeSpan answerTimeout, TimeProvider time, ILogger logger, long? everyAnswer = null,
        Func<Uri, string>? showUrl = null) =>
        new(new RetryingHandler(retries, time, logger, answerTimeout, showUrl)
        {
            InnerHandler = new BoundedAnswers(everyAnswer) { InnerHandler = new ProxyFailures { InnerHandler = inner } },
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
}

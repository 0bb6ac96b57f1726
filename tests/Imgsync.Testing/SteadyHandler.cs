namespace Imgsync.Testing;

/// <summary>Asks again where a connection to the cloud broke before an answer came, as a busy server's now and then does: what is
/// tested is the program, and not the eyes that look at its work. Only what may be asked twice without harm.</summary>
internal sealed class SteadyHandler() : DelegatingHandler(new SocketsHttpHandler())
{
    private const int Tries = 3;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException) when (tried < Tries && MayBeRepeated(request))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
            }
        }
    }

    private static bool MayBeRepeated(HttpRequestMessage request) =>
        request.Method == HttpMethod.Get
        || (request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath.EndsWith("/auth/tokens", StringComparison.Ordinal));
}

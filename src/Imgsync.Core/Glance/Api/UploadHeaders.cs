using RestSharp.Interceptors;

namespace Imgsync.Core.Glance.Api;

/// <summary>The two headers of an upload that RestSharp cannot know from a stream that does not seek.</summary>
internal sealed class UploadHeaders(long? length) : Interceptor
{
    public override ValueTask BeforeHttpRequest(HttpRequestMessage requestMessage, CancellationToken cancellationToken)
    {
        // Lets Glance refuse the token, or a quota, before the first byte is taken from the stream (RFC 9110 section 10.1.1).
        requestMessage.Headers.ExpectContinue = true;

        // With a length Glance checks the quota first; without one, only after the whole body.
        requestMessage.Content!.Headers.ContentLength = length;
        return ValueTask.CompletedTask;
    }
}

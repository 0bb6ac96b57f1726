using System.Runtime.ExceptionServices;

namespace Imgsync.Core.Http;

/// <summary>
/// Takes in an answer that was asked for as a small one, whole and within its bound. It does so below the retries, so that
/// a cut answer is repeated like any other passing failure, and no server can keep us waiting by sending a byte a minute.
/// </summary>
internal sealed class SmallAnswers : DelegatingHandler
{
    /// <summary>The most bytes that a request accepts; a request without it gets its answer as a stream.</summary>
    public static readonly HttpRequestOptionsKey<int> Bound = new("imgsync.bound");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await SendUnwrappedAsync(request, cancellationToken);
        if (!request.Options.TryGetValue(Bound, out var bound) || !response.IsSuccessStatusCode)
            return response;
        try
        {
            await response.Content.LoadIntoBufferAsync(bound, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>A refusal of ours while connecting comes out as it is: it is no network failure, and no retry would change it.</summary>
    private async Task<HttpResponseMessage> SendUnwrappedAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException exception) when (exception.InnerException is ImgsyncException refusal)
        {
            ExceptionDispatchInfo.Throw(refusal);
            throw;
        }
    }
}

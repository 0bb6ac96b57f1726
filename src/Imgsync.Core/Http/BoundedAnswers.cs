using System.Runtime.ExceptionServices;

namespace Imgsync.Core.Http;

/// <summary>Takes in small answers whole and within a bound. It does so below the retries, so that a cut answer is repeated like any
/// other passing failure, and no server can keep us waiting by sending a byte a minute.</summary>
/// <param name="everyAnswer">The most bytes of any answer; null where only requests
/// with a <see cref="Bound"/> of their own have one.</param>
internal sealed class BoundedAnswers(long? everyAnswer = null) : DelegatingHandler
{
    /// <summary>The most bytes that a request accepts. An answer without a bound is a stream.</summary>
    public static readonly HttpRequestOptionsKey<int> Bound = new("imgsync.bound");

    /// <summary>Set for a request whose good answer is a stream, whatever bound others have.</summary>
    public static readonly HttpRequestOptionsKey<bool> Streamed = new("imgsync.streamed");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await SendUnwrappedAsync(request, cancellationToken);
        var bound = request.Options.TryGetValue(Bound, out var own) && response.IsSuccessStatusCode ? own : everyAnswer;
        if (bound is null || (response.IsSuccessStatusCode && request.Options.TryGetValue(Streamed, out var streamed) && streamed))
            return response;

        try
        {
            await response.Content.LoadIntoBufferAsync(bound.Value, cancellationToken);
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

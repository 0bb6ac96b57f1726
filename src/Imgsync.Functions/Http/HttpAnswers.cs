using System.Net.Sockets;
using Azure;
using Grpc.Core;
using Imgsync.Core;
using Imgsync.Functions.Setup;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Imgsync.Functions.Http;

/// <summary>Sees to it that every route answers, within a bounded time and in problem details where something is wrong. What fails
/// before a route is reached, such as the host looking for its keys, the host answers by itself.</summary>
public sealed partial class HttpAnswers(AppSetup setup, TimeProvider time, ILogger<HttpAnswers> logger)
{
    /// <summary>Storage clients try again for longer than a caller waits.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private const int RetryAfterSeconds = 30;

    /// <summary>Where the app's settings cannot be used, every fault of them is the answer.</summary>
    internal async Task<IActionResult> AnswerAsync(Func<CancellationToken, Task<Answer>> work, CancellationToken cancellationToken)
    {
        if (!setup.IsUsable)
            return Answer.Problem(
                StatusCodes.Status503ServiceUnavailable,
                "The app's settings cannot be used",
                "Nothing is synced until they are mended; each change of them restarts the app.",
                [.. setup.Faults, .. setup.Complaints]);

        using var over = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        try
        {
            return await work(either.Token).WaitAsync(either.Token); // not every client looks at its token
        }
        catch (RetriableException passing)
        {
            return NotNow(passing.Message);
        }
        catch (ImgsyncException failure)
        {
            return Answer.Problem(StatusCodes.Status500InternalServerError, "This cannot be done as the app is set up", failure.Message);
        }
        catch (Exception failure) when (MayPass(failure, over.IsCancellationRequested))
        {
            LogUnavailable(failure);
            return NotNow("The app's storage or its Functions host does not answer now.");
        }
        catch (Exception bug) when (!cancellationToken.IsCancellationRequested)
        {
            LogUnforeseen(bug);
            return Answer.Problem(
                StatusCodes.Status500InternalServerError, "Something unforeseen went wrong", "The app's log has the details.");
        }
    }

    private static Answer NotNow(string detail) =>
        Answer.Problem(StatusCodes.Status503ServiceUnavailable, "Not now", detail, retryAfterSeconds: RetryAfterSeconds);

    /// <summary>What reaches us of a task hub whose storage is away: the host's answer over gRPC, or a client's own failure.</summary>
    private static bool MayPass(Exception failure, bool outOfTime) => failure switch
    {
        OperationCanceledException => outOfTime,
        AggregateException several => several.InnerExceptions.All(inner => MayPass(inner, outOfTime)),
        RpcException rpc => rpc.StatusCode is not (StatusCode.InvalidArgument or StatusCode.Unimplemented),
        _ => failure is RequestFailedException or HttpRequestException or IOException or SocketException or TimeoutException,
    };

    [LoggerMessage(LogLevel.Warning, "A request cannot be answered now")]
    private partial void LogUnavailable(Exception failure);

    [LoggerMessage(LogLevel.Error, "A request met something unforeseen")]
    private partial void LogUnforeseen(Exception failure);
}

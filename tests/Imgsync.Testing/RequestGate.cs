using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Imgsync.Testing;

/// <summary>Stands between a client and a real HTTP server and holds the request that a test is waiting for, at exactly one moment of
/// it: nothing goes on until the test says so. All other requests pass. Each connection carries one request.</summary>
public sealed class RequestGate : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentQueue<GatedRequest> _gated = new();
    private readonly Uri _target;

    /// <param name="target">The server that is really meant.</param>
    public RequestGate(Uri target)
    {
        _target = target;
        _listener = new LoopbackListener(ServeAsync);
        Url = _listener.To(target);
    }

    /// <summary>The target by way of this gate.</summary>
    public Uri Url { get; }

    /// <summary>Method and target of every request so far.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>Holds one request.</summary>
    /// <param name="pattern">Of path and query.</param>
    /// <param name="nth">Which of those that match.</param>
    public GatedRequest Hold(string method, string pattern, Moment moment, int nth = 1) =>
        Add(new GatedRequest(method, pattern, moment, nth));

    /// <summary>Breaks the connection of every such request at that moment, from now on.</summary>
    public void CutAll(string method, string pattern, Moment moment) => Add(new GatedRequest(method, pattern, moment, nth: null)).Cut();

    /// <summary>Answers every such request in the server's place, from now on.</summary>
    public void AnswerAll(string method, string pattern, Moment moment, int status, string body) =>
        Add(new GatedRequest(method, pattern, moment, nth: null)).AnswerInstead(status, body);

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private GatedRequest Add(GatedRequest gated)
    {
        _gated.Enqueue(gated);
        return gated;
    }

    private async Task ServeAsync(Socket client, CancellationToken closing)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(closing);
        using (client)
        {
            try
            {
                if (await RequestHead.ReadAsync(client, broken.Token) is not { } head)
                    return;

                _requests.Enqueue($"{head.Method} {head.Target}");
                var gated = _gated.FirstOrDefault(gated => gated.Takes(head));
                var exchange = new GatedExchange(client, server, gated, broken);
                await exchange.PassAsync(head, _target);
            }
            catch (Exception end) when (end is SocketException or OperationCanceledException or CutException)
            {
                // One side went away, the test cut the connection, or it is over.
            }
        }
    }
}

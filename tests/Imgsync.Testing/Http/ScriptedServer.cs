using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace Imgsync.Testing.Http;

/// <summary>An HTTP/1.1 server on a real loopback socket that follows a script, bad manners included. A request that is not in the
/// script fails the test when the server is disposed of. Raw sockets, because a well-made server refuses to misbehave.</summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Func<ScriptedRequest, Answer?>> _script = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<ScriptedRequest> _requests = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly LoopbackListener _listener;
    private readonly X509Certificate2? _certificate;

    /// <param name="certificate">Speaks TLS with it, see <see cref="TestCertificate"/>; null: plain http.</param>
    /// <param name="address">Any address of 127.0.0.0/8 works on Linux; by default 127.0.0.1.</param>
    public ScriptedServer(X509Certificate2? certificate = null, IPAddress? address = null)
    {
        _certificate = certificate;
        _listener = new LoopbackListener(ServeAsync, address);
        Url = new Uri($"{(certificate is null ? "http" : "https")}://{_listener.Address}/");
    }

    public Uri Url { get; }

    /// <summary>Every request so far, in the order in which they were complete.</summary>
    public IReadOnlyList<ScriptedRequest> Requests => [.. _requests];

    /// <summary>Answers these requests in this order; one more than there are answers is not in the script.</summary>
    /// <param name="target">With a query it must match whole, without one the query may be anything.</param>
    public ScriptedServer On(string method, string target, params Answer[] answers)
    {
        var remaining = new ConcurrentQueue<Answer>(answers);
        return Always(method, target, _ => remaining.TryDequeue(out var next) ? next : null);
    }

    /// <summary>Answers this request as often as it comes.</summary>
    public ScriptedServer Always(string method, string target, Answer answer) => Always(method, target, _ => answer);

    /// <summary>Answers by looking at the request's head (its body is read afterwards); null says that it is not in the script.</summary>
    public ScriptedServer Always(string method, string target, Func<ScriptedRequest, Answer?> answer)
    {
        _script[$"{method} {target}"] = answer;
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        if (!_faults.IsEmpty)
            Assert.Fail($"{Url} followed its script, and then: {string.Join("; ", _faults)}");
    }

    private async Task ServeAsync(Socket socket, CancellationToken closing)
    {
        try
        {
            await using var connection = await ScriptedConnection.OpenAsync(socket, _certificate, closing);
            await connection.ServeAsync(Choose, _requests.Enqueue, closing);
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException
            or System.Security.Authentication.AuthenticationException)
        {
            // The client went away, refused our certificate, or the test is over: nothing a script can be wrong about.
        }
        catch (Exception fault)
        {
            _faults.Enqueue($"the script failed: {fault.Message}");
        }
    }

    private Answer Choose(ScriptedRequest request)
    {
        var scripted = _script.GetValueOrDefault($"{request.Method} {request.Target}")
            ?? _script.GetValueOrDefault($"{request.Method} {request.Path}");
        if (scripted?.Invoke(request) is { } answer)
            return answer;

        _faults.Enqueue($"{request} is not in the script");
        return Answer.Of(599, "not in the script").BeforeReadingTheBody();
    }
}

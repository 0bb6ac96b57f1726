using System.Text;
using System.Text.RegularExpressions;

namespace Imgsync.Testing;

/// <summary>One request that a <see cref="RequestGate"/> watches for.</summary>
public sealed class GatedRequest
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _method;
    private readonly Regex _pattern;
    private readonly int? _nth;
    private int _matched;

    internal GatedRequest(string method, string pattern, Moment moment, int? nth)
    {
        (_method, Moment, _nth) = (method, moment, nth);
        _pattern = new Regex(pattern, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
    }

    /// <summary>Completes when the moment has come; the request waits there.</summary>
    public Task Reached => _reached.Task;

    internal Moment Moment { get; }

    /// <summary>What the client gets instead of the answer that was kept back.</summary>
    internal byte[]? Replacement { get; private set; }

    /// <summary>Lets it go on as if nothing had been.</summary>
    public void Release() => _decided.TrySetResult();

    /// <summary>Keeps the answer that has come to itself, and gives another, as a proxy does that has lost its patience.</summary>
    public void AnswerInstead(int status, string body)
    {
        Replacement = Encoding.UTF8.GetBytes($"HTTP/1.1 {status} Replaced\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
        Release();
    }

    /// <summary>Breaks its connection, on both sides.</summary>
    public void Cut() => _decided.TrySetException(new CutException());

    internal bool Takes(RequestHead head) =>
        head.Method == _method && _pattern.IsMatch(head.Target) && (_nth is null || Interlocked.Increment(ref _matched) == _nth);

    internal Task WaitAsync(CancellationToken cancellationToken)
    {
        _reached.TrySetResult();
        return _decided.Task.WaitAsync(cancellationToken);
    }
}

internal sealed class CutException : Exception;

using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Imgsync.Testing.Http;

/// <summary>One answer of a <see cref="ScriptedServer"/>, well-behaved unless told otherwise. Start from a factory, then
/// bend: <c>Answer.Ok(bytes).With("ETag", "\"1\"").ResetAfter(100)</c>.</summary>
public sealed record Answer
{
    public int Status { get; private init; } = 200;

    public ImmutableList<KeyValuePair<string, string>> Headers { get; private init; } = [];

    /// <summary>The body's parts, each sent as soon as it comes.</summary>
    public IAsyncEnumerable<byte[]> Body { get; private init; } = AsyncEnumerable.Empty<byte[]>();

    /// <summary>What Content-Length claims; null sends no such header, and the end of the connection ends the body.</summary>
    public long? ClaimedLength { get; private init; } = 0;

    /// <summary>How much of the body is sent before the <see cref="Fault"/>; negative: not even the status line is.</summary>
    public long FaultAfter { get; private init; } = long.MaxValue;

    public AnswerFault Fault { get; private init; }

    /// <summary>The answer is given, and the connection closed, before the request's body is read.</summary>
    public bool Early { get; private init; }

    /// <summary>Accepts the request and never says a word.</summary>
    public static Answer Silence { get; } = new() { Fault = AnswerFault.Stall, FaultAfter = -1 };

    /// <summary>Accepts the request and resets the connection.</summary>
    public static Answer Hangup { get; } = new() { Fault = AnswerFault.Reset, FaultAfter = -1 };

    public static Answer Ok(byte[] body) =>
        new() { Body = new[] { body }.ToAsyncEnumerable(), ClaimedLength = body.Length };

    public static Answer Ok(string body) => Ok(Encoding.UTF8.GetBytes(body));

    /// <summary>A body the test produces as it goes, from a channel for example.</summary>
    public static Answer Ok(IAsyncEnumerable<byte[]> body, long? claimedLength) => new() { Body = body, ClaimedLength = claimedLength };

    public static Answer Json(string json, int status = 200) =>
        (Ok(json) with { Status = status }).With("Content-Type", "application/json");

    public static Answer Of(int status, string body = "") => Ok(body) with { Status = status };

    public static Answer Redirect(string location, int status = 302) => Of(status).With("Location", location);

    /// <summary>As a static file server does it: Range and If-Range with this ETag understood, 416 beyond the end.</summary>
    public static Answer Ranged(ScriptedRequest request, byte[] content, string etag)
    {
        var whole = Ok(content).With("ETag", etag).With("Accept-Ranges", "bytes");
        if (request["Range"] is not { } range
            || (request["If-Range"] is { } version && !string.Equals(version, etag, StringComparison.Ordinal)))
            return whole;

        var bounds = range["bytes=".Length..].Split('-');
        var from = int.Parse(bounds[0], CultureInfo.InvariantCulture);
        var to = bounds[1].Length > 0
            ? Math.Min(int.Parse(bounds[1], CultureInfo.InvariantCulture), content.Length - 1)
            : content.Length - 1;
        return from >= content.Length
            ? Of(416).With("Content-Range", $"bytes */{content.Length}")
            : (Ok(content[from..(to + 1)]) with { Status = 206, Headers = whole.Headers })
                .With("Content-Range", $"bytes {from}-{to}/{content.Length}");
    }

    public Answer With(string header, string value) => this with { Headers = Headers.Add(new(header, value)) };

    /// <summary>Sends this Content-Length whatever the body; a connection whose body does not fit it is closed.</summary>
    public Answer Claiming(long? length) => this with { ClaimedLength = length };

    public Answer Without(string header) =>
        this with { Headers = Headers.RemoveAll(given => string.Equals(given.Key, header, StringComparison.OrdinalIgnoreCase)) };

    /// <summary>Has the body pass through something on its way out.</summary>
    public Answer Through(Func<IAsyncEnumerable<byte[]>, IAsyncEnumerable<byte[]>> way) => this with { Body = way(Body) };

    /// <summary>Closes the connection in good order after so many bytes of the body.</summary>
    public Answer ClosedAfter(long bytes) => this with { Fault = AnswerFault.Close, FaultAfter = bytes };

    /// <summary>Resets the connection after so many bytes of the body.</summary>
    public Answer ResetAfter(long bytes) => this with { Fault = AnswerFault.Reset, FaultAfter = bytes };

    /// <summary>Falls silent after so many bytes of the body, until the server is disposed of.</summary>
    public Answer StalledAfter(long bytes) => this with { Fault = AnswerFault.Stall, FaultAfter = bytes };

    public Answer BeforeReadingTheBody() => this with { Early = true };
}

/// <summary>How an answer goes wrong.</summary>
public enum AnswerFault
{
    None,
    Close,
    Reset,
    Stall,
}

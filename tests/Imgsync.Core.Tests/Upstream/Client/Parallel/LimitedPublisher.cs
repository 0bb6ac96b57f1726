using System.Buffers;
using System.Globalization;
using System.Net;
using Imgsync.Core.Configuration;
using Imgsync.Core.Upstream.Client;
using Imgsync.Testing;
using Imgsync.Testing.Http;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Tests.Upstream.Client.Parallel;

/// <summary>A publisher that serves an image in parts and limits each connection, with a client that reads it over some at once.</summary>
internal sealed class LimitedPublisher : IAsyncDisposable
{
    public const string ETag = "\"v1\"";
    public const int PartBytes = 64 << 10;

    /// <summary>No whole number of parts, and more than the MiB that .NET's client reads of
    /// an answer it is done with before it hangs up.</summary>
    public const int Length = (20 * PartBytes) + 1000;

    private readonly CapturedLog _log = new();
    private readonly LoggerFactory _logs;
    private readonly CountingPool _pool = new();
    private readonly LimitedAnswers _answers;
    private int _asked;
    private FollowedStream? _reader;

    /// <param name="bend">What becomes of the answer to the request of this number; the first is number 0. Null: nothing.</param>
    /// <param name="company">How many parts it takes under way for one of them to be sent to its end, where it is not given up on.</param>
    public LimitedPublisher(Func<ScriptedRequest, int, Answer, Answer>? bend = null, int company = 0)
    {
        _logs = new LoggerFactory([_log]);
        _answers = new LimitedAnswers(company, Memory);
        Server = new ScriptedServer().Always("GET", "/image", request => Serve(request, bend ?? ((_, _, answer) => answer)));
    }

    public static byte[] Image { get; } = Bytes(seed: 1);

    public static byte[] NewImage { get; } = Bytes(seed: 2);

    public static UpstreamOptions Options { get; } = UpstreamFixture.Options with { ParallelStreams = 4 };

    public ScriptedServer Server { get; }

    /// <inheritdoc cref="LimitedAnswers.Sending"/>
    public Gauge Sending => _answers.Sending;

    public Gauge Parts => _answers.Parts;

    /// <inheritdoc cref="LimitedAnswers.InCompany"/>
    public int InCompany => _answers.InCompany;

    public Gauge Memory => _pool.Rented;

    public IEnumerable<string> Complaints => _log.Lines.Where(line => line.Contains("over one connection", StringComparison.Ordinal));

    /// <summary>What each request had in its Range header, in the order in which they came.</summary>
    public IEnumerable<string?> Ranges => Server.Requests.Select(request => request["Range"]);

    public UpstreamClient Client(UpstreamOptions? options = null, Func<IPAddress, IPAddress>? judgedAs = null) => new(
        options ?? Options, [], TimeProvider.System, _logs.CreateLogger<UpstreamClient>(), judgedAs
            ?? (address => address), new PartMemory(PartBytes, _pool));

    public async Task<UpstreamBody> OpenAsync(
        UpstreamClient client, CancellationToken cancellationToken, string path = "image", long from = 0, string? ifRange = null)
    {
        _reader = null;
        var body = await client.OpenAsync(new Uri(Server.Url, path), from, ifRange, cancellationToken);
        return body.Through(_reader = new FollowedStream(body.Content, body.Start));
    }

    /// <summary>All of the image, as a client of its own gets it.</summary>
    public async Task<byte[]> ReadAsync(CancellationToken cancellationToken, UpstreamOptions? options = null)
    {
        using var client = Client(options);
        await using var body = await OpenAsync(client, cancellationToken);
        using var bytes = new MemoryStream();
        await body.Content.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _logs.Dispose();
        _pool.Dispose();
    }

    public static bool IsForPart(ScriptedRequest request) => request["Range"]?.EndsWith('-') is false;

    /// <summary>Where in the file the answer to a request is to begin.</summary>
    public static long From(ScriptedRequest request) =>
        request["Range"] is { } range ? long.Parse(range["bytes=".Length..].Split('-')[0], CultureInfo.InvariantCulture) : 0;

    private Answer Serve(ScriptedRequest request, Func<ScriptedRequest, int, Answer, Answer> bend)
    {
        var number = Interlocked.Increment(ref _asked) - 1;
        var answer = bend(request, number, Answer.Ranged(request, Image, ETag));
        return answer.Through(
            body => IsForPart(request)
                ? _answers.PartAsync(body)
                : _answers.TrunkAsync(body, () => (_reader?.Reached ?? From(request)) - From(request)));
    }

    private static byte[] Bytes(int seed)
    {
        var bytes = new byte[Length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private sealed class CountingPool : MemoryPool<byte>
    {
        public Gauge Rented { get; } = new();

        public override int MaxBufferSize => Shared.MaxBufferSize;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => new Owner(Shared.Rent(minBufferSize), Rented.Enter());

        protected override void Dispose(bool disposing)
        {
        }

        private sealed class Owner(IMemoryOwner<byte> memory, IDisposable rented) : IMemoryOwner<byte>
        {
            public Memory<byte> Memory => memory.Memory;

            public void Dispose()
            {
                memory.Dispose();
                rented.Dispose();
            }
        }
    }
}

using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using Imgsync.Core.Configuration;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Parallel;
using Imgsync.Testing;
using Imgsync.Testing.Http;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Tests.Upstream.Parallel;

/// <summary>A publisher that serves an image in parts and limits each connection, with a client that reads it over some at once.</summary>
internal sealed class LimitedPublisher : IAsyncDisposable
{
    public const string ETag = "\"v1\"";
    public const int PartBytes = 64 << 10;

    /// <summary>No whole number of parts, and more than the MiB that .NET's client reads of an answer it is done with before it hangs up.</summary>
    public const int Length = (20 * PartBytes) + 1000;

    private const int BytesPerSecond = 2 << 20;

    private readonly CapturedLog _log = new();
    private readonly LoggerFactory _logs;
    private readonly CountingPool _pool = new();
    private int _asked;

    /// <param name="bend">What becomes of the answer to the request of this number; the first is number 0. Null: nothing.</param>
    public LimitedPublisher(Func<ScriptedRequest, int, Answer, Answer>? bend = null, IPAddress? address = null)
    {
        _logs = new LoggerFactory([_log]);
        Server = new ScriptedServer(address: address).Always("GET", "/image", request => Serve(request, bend ?? ((_, _, answer) => answer)));
    }

    public static byte[] Image { get; } = Bytes(seed: 1);

    public static byte[] NewImage { get; } = Bytes(seed: 2);

    public static UpstreamOptions Options { get; } = UpstreamFixture.Options with { ParallelStreams = 4 };

    public ScriptedServer Server { get; }

    public Gauge Sending { get; } = new();

    public Gauge Memory => _pool.Rented;

    public IEnumerable<string> Complaints => _log.Lines.Where(line => line.Contains("over one connection", StringComparison.Ordinal));

    /// <summary>What each request had in its Range header, in the order in which they came.</summary>
    public IEnumerable<string?> Ranges => Server.Requests.Select(request => request["Range"]);

    public UpstreamClient Client(UpstreamOptions? options = null, Func<IPAddress, bool>? isPrivate = null) => new(
        options ?? Options, TimeProvider.System, _logs.CreateLogger<UpstreamClient>(), isPrivate ?? PrivateAddresses.Contains, new PartMemory(PartBytes, _pool));

    public Task<UpstreamBody> OpenAsync(UpstreamClient client, CancellationToken cancellationToken) =>
        client.OpenAsync(new Uri(Server.Url, "image"), from: 0, ifRange: null, cancellationToken);

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

    private Answer Serve(ScriptedRequest request, Func<ScriptedRequest, int, Answer, Answer> bend)
    {
        var number = Interlocked.Increment(ref _asked) - 1;
        return bend(request, number, Answer.Ranged(request, Image, ETag)).Paced(BytesPerSecond).Through(body => CountAsync(body));
    }

    /// <summary>A body no longer counts when its last piece goes out: the client has that before we know that it was sent.</summary>
    private async IAsyncEnumerable<byte[]> CountAsync(IAsyncEnumerable<byte[]> body, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        byte[] last = [];
        using (Sending.Enter())
        {
            await foreach (var piece in body.WithCancellation(cancellationToken))
            {
                if (last.Length > 0)
                    yield return last;
                last = piece;
            }
        }

        yield return last;
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

using System.Net.Sockets;

namespace Imgsync.Testing;

/// <summary>
/// Stands between a client and a real server and spoils their connections: cuts, resets, stalls, slows or refuses
/// them. What it does can be changed while connections are open.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly Uri _target;
    private volatile ProxyFault _fault = new();
    private long _passed;
    private int _connections;

    /// <param name="target">The server that is really meant.</param>
    public FaultProxy(Uri target)
    {
        _target = target;

        // A client must not have got rid of all of its body before a break in the middle is reached.
        _listener = new LoopbackListener(ServeAsync, receiveBuffer: 64 << 10);
        Url = _listener.To(target);
    }

    /// <summary>The target by way of this proxy.</summary>
    public Uri Url { get; }

    /// <summary>How many bytes went through since the fault was last set, both directions and all connections together.</summary>
    public long Passed => Interlocked.Read(ref _passed);

    /// <summary>How many connections were accepted.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>What happens from now on, to open connections too. Its bytes are counted from now on.</summary>
    public ProxyFault Fault
    {
        get => _fault;
        set
        {
            Interlocked.Exchange(ref _passed, 0);
            _fault = value;
        }
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(Socket client, CancellationToken closing)
    {
        Interlocked.Increment(ref _connections);
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (client)
        using (var broken = CancellationTokenSource.CreateLinkedTokenSource(closing))
        {
            try
            {
                if (_fault.Kind == FaultKind.Refuse)
                    throw new FaultReachedException();

                await server.ConnectAsync(_target.Host, _target.Port, broken.Token);
                await Task.WhenAll(
                    PumpAsync(client, server, FaultDirection.Upload, broken),
                    PumpAsync(server, client, FaultDirection.Download, broken));
            }
            catch (FaultReachedException)
            {
                if (_fault.Kind is FaultKind.Reset or FaultKind.Refuse)
                    Reset(client, server);
            }
            catch (Exception end) when (end is SocketException or OperationCanceledException)
            {
                // One side went away by itself, or the test is over.
            }
        }
    }

    /// <summary>Moves bytes one way until that way ends, the fault is reached or the other way breaks.</summary>
    private async Task PumpAsync(Socket from, Socket to, FaultDirection direction, CancellationTokenSource broken)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, broken.Token) is > 0 and var received)
            {
                var passed = 0;
                while (passed < received)
                {
                    var share = await NextShareAsync(direction, received - passed, broken.Token);
                    await to.SendAsync(buffer.AsMemory(passed, share), broken.Token);
                    passed += share;
                    Interlocked.Add(ref _passed, share);
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            await broken.CancelAsync();
            throw;
        }
    }

    /// <summary>How many of the waiting bytes may go now, at least one; waits or breaks where the fault says so.</summary>
    private async Task<int> NextShareAsync(FaultDirection direction, int waiting, CancellationToken cancellationToken)
    {
        while (true)
        {
            var fault = _fault;
            if (fault.Kind == FaultKind.None || !fault.Direction.HasFlag(direction))
                return waiting;

            if (fault.Kind == FaultKind.Slow)
            {
                await Task.Delay(ProxyFault.Tick, cancellationToken);
                return (int)Math.Clamp(fault.Bytes * ProxyFault.Tick.TotalSeconds, 1, waiting);
            }

            var left = fault.Bytes - Passed;
            if (left > 0)
                return (int)Math.Min(left, waiting);
            if (fault.Kind != FaultKind.Stall)
                throw new FaultReachedException();

            await Task.Delay(ProxyFault.Tick, cancellationToken);
        }
    }

    /// <summary>Closing without lingering sends RST instead of FIN.</summary>
    private static void Reset(params Socket[] sockets)
    {
        foreach (var socket in sockets)
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
    }

    private sealed class FaultReachedException : Exception;
}

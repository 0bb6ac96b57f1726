using System.Net.Sockets;

namespace Imgsync.Testing;

/// <summary>One request and its answer on their way through a <see cref="RequestGate"/>.</summary>
internal sealed class GatedExchange(Socket client, Socket server, GatedRequest? gated, CancellationTokenSource broken)
{
    private long _passed;
    private bool _held;

    public async Task PassAsync(RequestHead head, Uri target)
    {
        if (gated?.Moment.Kind is MomentKind.BeforeRequest)
        {
            await gated.WaitAsync(broken.Token);
            if (gated.Replacement is { } refusal)
            {
                await client.SendAsync(refusal, broken.Token);
                return;
            }
        }

        await server.ConnectAsync(target.Host, target.Port, broken.Token);
        await server.SendAsync(head.Forwarded, broken.Token);
        var body = PumpAsync(client, server, MomentKind.MiddleOfBody, head.Rest);
        var answer = gated?.Moment.Kind is MomentKind.BeforeAnswer
            ? HoldAnswerAsync(gated)
            : PumpAsync(server, client, MomentKind.MiddleOfAnswer, []);
        await Task.WhenAll(body, answer);
    }

    /// <summary>Moves bytes one way until that way ends or the other breaks.</summary>
    private async Task PumpAsync(Socket from, Socket to, MomentKind kind, byte[] first)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            await SendAsync(to, first, kind);
            while (await from.ReceiveAsync(buffer, broken.Token) is > 0 and var received)
                await SendAsync(to, buffer.AsMemory(0, received), kind);
            to.Shutdown(SocketShutdown.Send);
            if (kind is MomentKind.MiddleOfAnswer)
                await broken.CancelAsync(); // the answer ends the exchange
        }
        catch
        {
            await broken.CancelAsync();
            throw;
        }
    }

    private async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes, MomentKind kind)
    {
        if (gated is not null && gated.Moment.Kind == kind && _passed + bytes.Length > gated.Moment.Bytes && !_held)
        {
            _held = true;
            var before = (int)(gated.Moment.Bytes - _passed);
            await to.SendAsync(bytes[..before], broken.Token);
            await gated.WaitAsync(broken.Token);
            (bytes, _passed) = (bytes[before..], _passed + before);
        }

        await to.SendAsync(bytes, broken.Token);
        _passed += kind == gated?.Moment.Kind ? bytes.Length : 0;
    }

    /// <summary>Reads the answer to its end, so that the server is surely done, and keeps it back.</summary>
    private async Task HoldAnswerAsync(GatedRequest held)
    {
        using var answer = new MemoryStream();
        var buffer = new byte[64 * 1024];
        try
        {
            while (await server.ReceiveAsync(buffer, broken.Token) is > 0 and var received)
            {
                if (answer.Length == 0 && buffer.AsSpan(0, received).StartsWith("HTTP/1.1 100"u8))
                    await client.SendAsync(buffer.AsMemory(0, received), broken.Token);
                else
                    answer.Write(buffer, 0, received);
            }

            await held.WaitAsync(broken.Token);
            await client.SendAsync(held.Replacement ?? answer.ToArray(), broken.Token);
            client.Shutdown(SocketShutdown.Send);
        }
        finally
        {
            await broken.CancelAsync();
        }
    }
}

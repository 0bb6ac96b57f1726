using System.Runtime.CompilerServices;

namespace Imgsync.Core.Content;

/// <summary>What a body has that is not there already, and how much of it all has come.</summary>
/// <param name="known">How many bytes to leave out, of a server that cannot begin after them.</param>
internal sealed class RestStream(Stream body, long known) : ForwardStream
{
    public long Arrived { get; private set; }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        do
        {
            var left = known - Arrived;
            count = await body.ReadAsync(left > 0 && left < buffer.Length ? buffer[..(int)left] : buffer, cancellationToken);
            Arrived += count;
        }
        while (count > 0 && Arrived <= known);
        return count;
    }
}

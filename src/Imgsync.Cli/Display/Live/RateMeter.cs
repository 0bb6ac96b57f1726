namespace Imgsync.Cli.Display.Live;

/// <summary>How fast bytes have come in the last seconds. It says nothing until it has seen enough to be right.</summary>
internal sealed class RateMeter
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(100);

    private readonly Queue<(TimeSpan At, long Bytes)> _samples = new();
    private (TimeSpan At, long Bytes)? _last;

    /// <param name="at">Time since any fixed moment.</param>
    public void Saw(TimeSpan at, long bytes)
    {
        // Another pass over the same bytes has begun.
        if (_last is { } last && bytes < last.Bytes)
            _samples.Clear();
        else if (_last is { } near && at - near.At < Spacing && _samples.Count > 0)
            return;

        _samples.Enqueue((at, bytes));
        _last = (at, bytes);
        while (_samples.Count > 1 && at - _samples.Peek().At > Window)
            _samples.Dequeue();
    }

    /// <summary>Bytes a second; zero where nothing has come for as long as it looks back; null while it cannot be told.</summary>
    public double? At(TimeSpan now, long bytes)
    {
        if (_last is not { } last || _samples.Count == 0)
            return null;
        if (now - last.At > Window)
            return 0;

        var first = _samples.Peek();
        var seconds = (now - first.At).TotalSeconds;
        return now - first.At < Shortest ? null : (bytes - first.Bytes) / seconds;
    }
}

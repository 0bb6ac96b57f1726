namespace Imgsync.Core.Upstream.Client.Parallel;

/// <summary>Tells a server that is slower than the reader from a reader that is slower than the server.</summary>
internal sealed class WaitMeter(TimeProvider time)
{
    private long _lap = time.GetTimestamp();
    private long _began;
    private long _waited;

    public void Begin() => _began = time.GetTimestamp();

    public void End() => _waited += time.GetTimestamp() - _began;

    /// <summary>Whether most of the time since the last lap went by waiting for the server.</summary>
    public bool Lap()
    {
        var now = time.GetTimestamp();
        var mostly = _waited * 2 > now - _lap;
        (_lap, _waited) = (now, 0);
        return mostly;
    }
}

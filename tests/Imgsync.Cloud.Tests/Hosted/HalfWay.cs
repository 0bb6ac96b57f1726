namespace Imgsync.Cloud.Tests.Hosted;

/// <summary>
/// Stops the next image half way: the publisher's answer stands still after 3 MiB, and Glance has been given 1 MiB of them. As a
/// block goes to every sink before the next does, staging has as much by then, and the rest is surely not read.
/// </summary>
internal sealed class HalfWay(RequestGate upstream, RequestGate glance)
{
    /// <summary>What staging has at least, in bytes.</summary>
    public const int Staged = 1 << 20;

    private const int Sent = 3 << 20;

    private readonly GatedRequest _download = upstream.Hold("GET", @"\.qcow2$", Moment.MiddleOfAnswer(Sent));
    private readonly GatedRequest _upload = glance.Hold("PUT", "/file$", Moment.MiddleOfBody(Staged));

    /// <summary>Waits for it; a run that ends before it gets there is no use.</summary>
    public async Task ReachedAsync(Task run)
    {
        var reached = Task.WhenAll(_download.Reached, _upload.Reached);
        Assert.Same(reached, await Task.WhenAny(reached, run));
    }

    public void Release()
    {
        _download.Release();
        _upload.Release();
    }
}

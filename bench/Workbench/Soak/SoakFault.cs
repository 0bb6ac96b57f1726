using Imgsync.Core.Runs;
using Imgsync.Testing;
using Imgsync.Testing.Upstream;

namespace Imgsync.Workbench.Soak;

/// <summary>One sync with one fault.</summary>
/// <param name="StrikeAsync">Syncs while the fault lasts, and undoes it; null is answered for a run that did not get to its report.</param>
internal sealed record SoakFault(string Name, Func<SoakWorld, int, Task<SyncReport?>> StrikeAsync)
{
    /// <summary>The first is none.</summary>
    public static IReadOnlyList<SoakFault> All { get; } =
    [
        new("none", (world, _) => world.SyncAsync(CancellationToken.None)),
        new("killed", (world, bytes) => world.KillAsync(bytes)),
        new("interrupted", InterruptAsync),
        new("damaged image", DamageAsync),
        OnTheWire("upstream cut", world => world.Upstream, bytes => ProxyFault.CutAfter(bytes)),
        OnTheWire("upstream reset", world => world.Upstream, bytes => ProxyFault.ResetAfter(bytes)),
        OnTheWire("upstream stalled", world => world.Upstream, bytes => ProxyFault.StallAfter(bytes)),
        OnTheWire("glance cut", world => world.Glance, bytes => ProxyFault.CutAfter(bytes)),
        OnTheWire("glance reset", world => world.Glance, bytes => ProxyFault.ResetAfter(bytes)),
        OnTheWire("glance refusing", world => world.Glance, _ => ProxyFault.Refuse),
        OnTheWire("keystone refusing", world => world.Keystone, _ => ProxyFault.Refuse),
    ];

    private static SoakFault OnTheWire(string name, Func<SoakWorld, FaultProxy> at, Func<long, ProxyFault> fault) =>
        new(name, async (world, bytes) =>
    {
        at(world).Fault = fault(bytes);
        try
        {
            return await world.SyncAsync(CancellationToken.None);
        }
        finally
        {
            at(world).Fault = ProxyFault.None;
        }
    });

    private static async Task<SyncReport?> InterruptAsync(SoakWorld world, int bytes)
    {
        using var interrupt = new CancellationTokenSource();
        var syncing = world.SyncAsync(interrupt.Token);
        await world.PassedAsync(bytes, syncing);
        await interrupt.CancelAsync();
        return await syncing;
    }

    private static async Task<SyncReport?> DamageAsync(SoakWorld world, int bytes)
    {
        var image = world.Newest[bytes % world.Newest.Count];
        UpstreamTree.DamageImage(image);
        try
        {
            return await world.SyncAsync(CancellationToken.None);
        }
        finally
        {
            UpstreamTree.DamageImage(image); // the same byte, turned back
        }
    }
}

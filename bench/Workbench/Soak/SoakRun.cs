using Imgsync.Core.Runs;

namespace Imgsync.Workbench.Soak;

/// <summary>Many syncs against a real Keystone and Glance, while a publisher goes on publishing and one random fault after the other
/// strikes. The seed decides everything that chance decides; it is printed, so that a run can be had again.</summary>
internal sealed class SoakRun(int syncs, int seed, string program)
{
    private readonly Random _random = new(seed);
    private readonly SortedDictionary<string, int> _faults = new(StringComparer.Ordinal);

    /// <returns>Zero when no invariant was violated.</returns>
    public async Task<int> RunAsync()
    {
        Console.WriteLine($"soak: {syncs} syncs, seed {seed}");
        await using var world = await SoakWorld.StartAsync(program);
        using var glance = await world.ProbeAsync();
        var invariants = new Invariants(world, glance);
        var resources = new Resources();

        var settled = true;
        for (var sync = 1; sync <= syncs; sync++)
        {
            // As publishers do: a next revision comes when the last one has long arrived.
            if (settled && _random.Next(10) < 8)
                world.PublishNext(_random);
            settled = await SyncAsync(sync, world, invariants);
            resources.Sample(invariants);
        }

        Console.WriteLine(Told("end", await world.SyncAsync(CancellationToken.None)));
        await invariants.CheckEndAsync();
        Console.WriteLine(resources.Check(invariants));
        Console.WriteLine(
            $"{syncs} runs, seed {seed}; faults {string.Join(", ", _faults.Select(fault => $"{fault.Key} {fault.Value}"))}; "
                + $"{invariants.Checked} invariants checked, violations {invariants.Violations}");
        return invariants.Violations == 0 ? 0 : 1;
    }

    /// <returns>True when all that is published has arrived and been cleaned up after.</returns>
    private async Task<bool> SyncAsync(int sync, SoakWorld world, Invariants invariants)
    {
        var fault = SoakFault.All[_random.Next(4) == 0 ? 0 : _random.Next(1, SoakFault.All.Count)];
        _faults[fault.Name] = _faults.GetValueOrDefault(fault.Name) + 1;
        var bytes = _random.Next(1, 3_000_000);

        using var ended = new CancellationTokenSource();
        var watching = invariants.WatchAsync(ended.Token);
        var report = await fault.StrikeAsync(world, bytes);
        await ended.CancelAsync();
        await watching;

        await invariants.CheckAsync();
        Console.WriteLine(Told($"{sync}, {fault.Name}", report));
        return report is { IsGood: true };
    }

    private static string Told(string when, SyncReport? report) => $"  {when}: " + (report is null
        ? "it did not get to its end"
        : string.Join(
            "; ", report.Outcomes.Select(
                outcome =>
                    $"{outcome.Distribution} "
                        + $"{outcome.Kind}{(outcome.IsGood ? "" : $" ({outcome.Reason})")}").Concat(report.Pruning.Failures)));
}

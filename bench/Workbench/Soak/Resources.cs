namespace Imgsync.Workbench.Soak;

/// <summary>What this process holds after each sync: it must not grow with their number.</summary>
internal sealed class Resources
{
    private const long AllowedBytes = 8 << 20;
    private const int AllowedHandles = 16;

    private readonly List<(long Heap, int Handles)> _samples = [];

    public void Sample(Invariants invariants)
    {
        // What is idle is collected first; a connection pool lets go of its sockets a moment later.
        _samples.Add((GC.GetTotalMemory(forceFullCollection: true), Handles()));
        invariants.Require(_samples[^1].Handles < 1000, $"{_samples[^1].Handles} handles are open");
    }

    /// <summary>The second quarter, when everything is warm, beside the last.</summary>
    public string Check(Invariants invariants)
    {
        var quarter = Math.Max(1, _samples.Count / 4);
        var (early, late) = (Typical(_samples.Skip(quarter).Take(quarter)), Typical(_samples.TakeLast(quarter)));
        invariants.Require(late.Heap - early.Heap < AllowedBytes, $"the heap grew from {early.Heap} to {late.Heap} bytes");
        invariants.Require(late.Handles - early.Handles < AllowedHandles, $"open handles grew from {early.Handles} to {late.Handles}");
        return $"heap {early.Heap >> 10} KiB early, {late.Heap >> 10} KiB late; handles {early.Handles} early, {late.Handles} late";
    }

    private static (long Heap, int Handles) Typical(IEnumerable<(long Heap, int Handles)> samples)
    {
        var all = samples.ToList();
        return (Middle(all.Select(sample => sample.Heap)), (int)Middle(all.Select(sample => (long)sample.Handles)));
    }

    private static long Middle(IEnumerable<long> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static int Handles() => Directory.Exists("/proc/self/fd")
        ? Directory.GetFiles("/proc/self/fd").Length
        : System.Diagnostics.Process.GetCurrentProcess().HandleCount;
}

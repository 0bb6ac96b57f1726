using System.Globalization;
using Imgsync.Hosted;

// What the hosted workflow asks of its engine as an installation grows, by simulation: no cloud, no storage, no waiting.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
(int Distributions, int Clouds, int Parallel)[] sizes = [(5, 1, 4), (20, 3, 8), (200, 5, 16), (1000, 5, 16), (200, 100, 32)];

Console.WriteLine(
    "| distributions × clouds | histories | activities | in flight | events, longest / all | results, longest history | status | processor "
        + "time, last episode / all | storage operations |");
Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
var runs = new List<(string Name, SimulatedRun Run)>();
foreach (var (distributions, clouds, parallel) in sizes)
{
    var run = await SimulatedRun.AsItIsAsync(distributions, clouds, parallel);
    runs.Add(($"{distributions} × {clouds}", run));
    Print($"{distributions} × {clouds}", run);
}

foreach (var (distributions, clouds, parallel) in sizes.TakeLast(2))
    Print($"{distributions} × {clouds}, were it one history", await SimulatedRun.InOneHistoryAsync(distributions, clouds, parallel));

Console.WriteLine();
Console.WriteLine(
    "| distributions × clouds, four runs a day | engine's and our storage operations, $ a month | compute, $ a month, 3 s an "
        + "activity | 30 s an activity |");
Console.WriteLine("| --- | --- | --- | --- |");
foreach (var (name, run) in runs)
{
    var (quick, slow) = (new MonthlyCost(RunsPerDay: 4, Seconds: 3), new MonthlyCost(RunsPerDay: 4, Seconds: 30));
    Console.WriteLine($"| {name} | {quick.Storage(run):n2} | {quick.Compute(run):n2} | {slow.Compute(run):n2} |");
}

static void Print(string name, SimulatedRun run)
{
    var longest = run.All.MaxBy(history => history.Events)!;
    // All batches but the last are alike: one stands for them.
    var batches = run.Batches is [] ? TimeSpan.Zero : run.Batches[0].ReplayTime() * run.Batches.Count;
    var storage = StorageCount.Of(run);
    Console.WriteLine(
        $"| {name} | {1 + run.Batches.Count} | {run.All.Sum(history => history.Calls) - run.Batches.Count:n0} | {run.MostInFlight} "
        + $"| {longest.Events:n0} / {run.All.Sum(history => history.Events):n0} | {longest.ResultCharacters / 1024:n0} Ki characters "
        + $"| {2 * run.All.Max(history => history.LongestStatus) / 1024.0:n1} KiB | {longest.LastEpisode().TotalMilliseconds:n1} ms / "
        + $"{(run.Run.ReplayTime() + batches).TotalSeconds:n1} s "
        + $"| {storage.All:n0} ({storage.Queue:n0} queue, {storage.Table:n0} table, {storage.BlobWrites + storage.BlobReads:n0} blob) |");
}

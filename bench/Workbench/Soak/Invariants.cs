using System.Text.Json.Nodes;
using Imgsync.Testing;

namespace Imgsync.Workbench.Soak;

/// <summary>What must be so at every moment, and what at the end. Glance is asked directly.</summary>
internal sealed class Invariants(SoakWorld world, GlanceProbe glance)
{
    private static readonly TimeSpan WatchEvery = TimeSpan.FromMilliseconds(400);

    private readonly HashSet<string> _everActive = new(StringComparer.Ordinal);

    public int Checked { get; private set; }

    public int Violations { get; private set; }

    /// <summary>Looks again and again until told that the sync has ended.</summary>
    public async Task WatchAsync(CancellationToken ended)
    {
        using var timer = new PeriodicTimer(WatchEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
                await CheckAsync();
        }
        catch (OperationCanceledException)
        {
            // The sync has ended.
        }
    }

    public async Task CheckAsync()
    {
        var images = await glance.ListAsync(world.Prefix, CancellationToken.None);
        foreach (var (key, published) in world.Published)
        {
            var active = images.Where(image => Is(image, key) && (string?)image["status"] is "active").ToList();
            var visible = active.Count(image => (string?)image["visibility"] is "public");
            if (visible > 0)
                _everActive.Add(key);

            Require(visible > 0 || !_everActive.Contains(key), $"{key} has no active image, and had one before");
            Require(visible <= SoakWorld.Keep + 1, $"{key} has {visible} active images");
            Require(
                active.All(
                    image =>
                        published.Any(
                            one =>
                                one.Sha512.Hex == (string?)image["os_hash_value"])),
                                    $"{key} has an active image with a digest that nobody published");
        }
    }

    public async Task CheckEndAsync()
    {
        var images = await glance.ListAsync(world.Prefix, CancellationToken.None);
        foreach (var (key, published) in world.Published)
        {
            var kept = images.Where(image => Is(image, key)).ToList();
            Require(
                kept.Any(
                    image =>
                        (string?)image["os_hash_value"] == published[^1].Sha512.Hex), $"{key}'s newest revision is not there at the end");
            Require(
                kept.Count <= SoakWorld.Keep, $"{key} has {kept.Count} images at the end: "
                    + $"{string.Join(", ", kept.Select(image => $"{image["name"]} {image["status"]}"))}");
            Require(
                kept.All(
                    image =>
                        (string?)image["status"] is "active"
                            && (string?)image["visibility"] is "public"), $"{key} has a leftover in Glance at the end");
            Require(
                kept.Select(image => (string?)image["os_hash_value"]).Distinct(
                    StringComparer.Ordinal).Count() == kept.Count, $"{key} has one revision twice at the end");
        }

        var left = Directory.GetFiles(world.Staging, "*.partial*", SearchOption.AllDirectories);
        Require(left is [], $"staging has leftovers at the end: {string.Join(", ", left)}");
    }

    /// <param name="violation">What it is when it is not so.</param>
    public void Require(bool holds, string violation)
    {
        Checked++;
        if (holds)
            return;

        Violations++;
        Console.WriteLine($"  VIOLATED: {violation}");
    }

    private static bool Is(JsonObject image, string key) => (string?)image["imgsync.distribution"] == key;
}

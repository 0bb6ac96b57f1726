using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.Pruning;

/// <summary>Debian 12 growing older in a real Glance, revision by revision.</summary>
internal static class PruneScenario
{
    public const string First = "20240701-1790";
    public const string Second = "20240708-1801";
    public const string Third = "20240717-1811";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Publishes these revisions one after the other, each with a run of its own.</summary>
    /// <returns>What the last run pruned.</returns>
    public static async Task<SyncReport> AgeAsync(this Scenario scenario, params string[] revisions)
    {
        SyncReport? last = null;
        foreach (var revision in revisions)
        {
            scenario.Tree.PublishDebian(DebianRelease.Bookworm, revision);
            last = await scenario.SyncAsync("debian12");
            Assert.Equal(OutcomeKind.Published, Assert.Single(last.Outcomes).Kind);
        }

        return last!;
    }

    public static void Prune(this Scenario scenario, int keep, Func<PruneOptions, PruneOptions>? change = null) =>
        scenario.Options = scenario.Options with
        {
            Publish = scenario.Options.Publish with { Keep = keep },
            Prune = change?.Invoke(scenario.Options.Prune) ?? scenario.Options.Prune,
        };

    /// <summary>Each image as <c>revision status</c>, oldest first.</summary>
    public static async Task<string> StandAsync(this Scenario scenario) => string.Join(", ", (await scenario.ImagesAsync())
        .OrderBy(image => (string?)image["imgsync.revision"], StringComparer.Ordinal)
        .Select(image => $"{image["imgsync.revision"]} {((bool)image["os_hidden"]! ? "hidden" : image["status"])}"));

    public static async Task<JsonObject> FindAsync(this Scenario scenario, string revision) =>
        (await scenario.ImagesAsync()).Single(image => (string?)image["imgsync.revision"] == revision);

    /// <summary>The record of an image as a run of this or another installation leaves it when it is killed.</summary>
    public static async Task<string> LeaveBehindAsync(this Scenario scenario, GlanceProbe glance, string mark) => await glance.CreateAsync(
        new()
        {
            ["name"] = scenario.Options.Publish.Prefix + "left",
            ["disk_format"] = "qcow2",
            ["container_format"] = "bare",
            ["visibility"] = "private",
            ["source"] = "imgsync",
            ["imgsync.distribution"] = "debian13",
            ["imgsync.run"] = mark,
        },
        Cancel);

    public static async Task<string> InstallationAsync(this Scenario scenario) =>
        await File.ReadAllTextAsync(Path.Combine(scenario.StagingFolder, "installation"), Cancel);
}

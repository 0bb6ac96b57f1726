using System.Collections.Concurrent;
using System.Globalization;
using Imgsync.Core;
using Imgsync.Core.Content;
using Imgsync.Core.DiskImages;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Pruning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Sync;
using Imgsync.Core.Tests.Planning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Imgsync.Cloud.Tests.Planning;

/// <summary>The planner's table once more, with the images in a real Glance: it decides by what Glance lists as it does by what is
/// written, what it has decided is carried out, and then there is nothing left to do.</summary>
[Long]
public sealed class PlannerRowsTests(DevCloud cloud)
{
    /// <summary>What Glance cannot be brought to by an owner's requests, and what has tests of its own.</summary>
    private static readonly Dictionary<string, Func<PlannerCase, bool>> LeftOut = new(StringComparer.Ordinal)
    {
        ["only Glance itself kills an image"] = row => row.Images.Contains("killed", StringComparison.Ordinal),
        ["a token without a project lists nothing"] = row => row.Project is null,
        ["a project answers for itself: SharingTests"] = row => row.Publish.AcceptMembers,
        ["formats are of real disks: DiskFormatTests"] = row => row.Format is not null,
        ["the stores have names of their own: StoreTests"] = row => row.Publish.Stores is not [],
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [TakesMinutes(4)]
    public async Task Every_row_is_decided_alike_carried_out_and_leaves_nothing_to_do()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        await using var world = await World.OpenAsync(cloud, scenario);
        var rows = PlannerRows.All.Where(row => !LeftOut.Values.Any(isOut => isOut(row.Row))).ToList();
        var wrong = new ConcurrentBag<string>();

        await Parallel.ForEachAsync(rows, new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = Cancel }, async (row, _) =>
        {
            if (await Record.ExceptionAsync(() => world.TryAsync(row.Row)) is { } failure)
                wrong.Add($"{row.Because}: {failure.Message}");
        });

        Assert.Empty(wrong);
        Assert.Equal(
            [1, 1, 7, 35, 6], LeftOut.Values.Select(isOut => PlannerRows.All.Count(row => isOut(row.Row)))); // no row leaves unseen
    }

    /// <summary>One project of a real cloud, and a run's hold on it.</summary>
    private sealed class World(RowsCloud cloud, ServiceProvider services, RunHold hold, string project) : IAsyncDisposable
    {
        private readonly CloudDirectory _clouds = services.GetRequiredService<CloudDirectory>();

        public static async Task<World> OpenAsync(DevCloud cloud, Scenario scenario)
        {
            var services = scenario.Services();
            var hold = await services.GetRequiredService<RunSteps>().HoldAsync(RunId.Parse("this"), Cancel);
            var connection = services.GetRequiredService<CloudDirectory>().Connect(scenario.Cloud.Name);
            var project = (await connection.Keystone.GetTokenAsync(Cancel)).ProjectId!;
            return new World(await RowsCloud.OpenAsync(cloud, scenario), services, hold, project);
        }

        public async Task TryAsync(PlannerCase row)
        {
            var ids = new Dictionary<string, string>(StringComparer.Ordinal);
            var tail = Guid.NewGuid().ToString("n")[20..];
            try
            {
                foreach (var image in row.Written)
                {
                    // In one second several are made, and then the smallest id counts: the ids are in the row's order.
                    ids[image.Id] = $"{image.Id.PadLeft(8, '0')}-0000-4000-8000-{tail}";
                    var place = int.Parse(image.Id, CultureInfo.InvariantCulture) - 1;
                    await cloud.CreateAsync(image, ids, PlannerCase.BytesOf(row.ContentAt(place)), row.Members);
                }

                await CarryOutAsync(row, ids);
            }
            finally
            {
                foreach (var id in ids.Values)
                    await cloud.RemoveAsync(id);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await hold.DisposeAsync();
            await services.DisposeAsync();
            cloud.Dispose();
        }

        private async Task CarryOutAsync(PlannerCase row, Dictionary<string, string> ids)
        {
            // A day later, what was not touched since is somebody's no more.
            var now = row.Images.Contains("still", StringComparison.Ordinal) ? DateTimeOffset.UtcNow.AddHours(25) : row.Now;
            var plan = Planner.Decide(await LookAsync(row with { Now = now }, ids));
            Assert.Equal(row.Expected, InPlaces(PlannerCase.InWords(plan), ids));
            if (plan.Refusal is not null)
            {
                // Nothing is done, and asked again it is refused again, with the images as they were.
                Assert.Empty(plan.Actions);
                Assert.Equal(row.Expected, InPlaces(PlannerCase.InWords(Planner.Decide(await LookAsync(row with { Now = now }, ids))), ids));
                return;
            }

            var connection = _clouds.Connect("devcloud");
            var actions = new ImageActions(connection.Name, connection.Glance, hold, NullLogger.Instance);
            GlanceImage? published = null;
            foreach (var action in plan.Actions)
            {
                if (action.Kind is ActionKind.Publish)
                    ids["new"] = (published = await PublishAsync(row, action)).Id;
                else
                    await actions.TakeAsync(PlannedImage.Is(action.Image) ? action with { Image = published! } : action, Cancel);
            }

            var again = Planner.Decide(await LookAsync(row with { Now = now, Force = false }, ids));
            Assert.Null(again.Refusal);
            Assert.All(
                again.Actions, action => Assert.True(action.Kind is ActionKind.Leave, $"left to do: {action.Kind}, {action.Reason}"));
        }

        /// <summary>The row's own images only: other rows have theirs beside them.</summary>
        private async Task<Situation> LookAsync(PlannerCase row, Dictionary<string, string> ids)
        {
            var connection = _clouds.Connect("devcloud");
            var (offer, _) = row.Offered;
            var listing = await ImageListing.ReadAsync(connection, row.In(new ImageListing(project, []), []).Distribution.Key, offer.Digests, Cancel);
            var own = listing.All.Where(image => ids.ContainsValue(image.Id)).OrderBy(image => image.Id, StringComparer.Ordinal);
            var situation = row.In(new ImageListing(listing.Project, [.. own]), []);
            return Planner.Current(situation) is { } current && Upkeep.AsksForMembers(current, situation.Publish)
                ? situation with { Members = await connection.Glance.Members.ListAsync(current.Id, Cancel) }
                : situation;
        }

        private async Task<GlanceImage> PublishAsync(PlannerCase row, PlannedAction publication)
        {
            var (offer, content) = row.Offered;
            var bytes = PlannerCase.BytesOf(content);
            var publisher = await _clouds.PublisherAsync("devcloud", hold, Cancel);
            var situation = row.In(new ImageListing(project, []), []);
            await using var upload = await publisher.BeginAsync(
                situation.Distribution, offer, row.Publish, [.. Twins.ReplacedBy(publication.Image)], obstacle: null, hashAlgorithm: null,
                Cancel);
            upload.Begin(bytes.Length);
            await upload.WriteAsync(bytes, Cancel);
            var facts = new ContentFacts(
                bytes.Length, PlannerCase.DigestOf(content, DigestAlgorithm.Sha256), PlannerCase.DigestOf(content, DigestAlgorithm.Sha512));
            await upload.CompleteAsync(new VerifiedContent(facts, new DiskImage("raw", bytes.Length)), Cancel);
            return await upload.PublishAsync(Cancel);
        }

        private static string InPlaces(string words, Dictionary<string, string> ids) =>
            ids.Aggregate(words, (text, image) => text.Replace(image.Value, image.Key, StringComparison.Ordinal));
    }
}

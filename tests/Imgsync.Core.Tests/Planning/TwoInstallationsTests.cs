using System.Collections.Immutable;
using System.Globalization;
using Imgsync.Core.Catalog;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Tests.Planning;

/// <summary>Two installations that know nothing of each other run at the same time in one cloud. Every order of their requests is
/// tried, each request being one step of the model, and each run's death at any of them; what is decided between them is decided by the
/// real planner.</summary>
public sealed class TwoInstallationsTests
{
    private static readonly DateTimeOffset Now = new(2024, 8, 10, 0, 0, 0, TimeSpan.Zero);

    private static readonly DistributionCatalog Catalogue =
        CatalogLoader.Load(userFile: null, new Dictionary<string, Uri>(StringComparer.Ordinal));

    private static readonly DistributionSpec Distribution = Catalogue.Get("debian12");

    private enum Step
    {
        Look,
        Create,
        Publish,
        LookAgain,
        AskForKeeper,
        Delete,
        Done,
    }

    /// <summary>What is there before; how many each keeps, whether it forces and what its mirror offers: 3 or 4 of August.</summary>
    public static IEnumerable<TheoryDataRow<string, string, string>> Rows =>
        from there in new[] { "", "20240802", "20240801 20240802", "20240803", "20240802 20240803", "20240802 20240803 20240803" }
        from runs in new[]
        {
            ("keep 1", "keep 1"), ("keep 2", "keep 2"), ("keep 1", "keep 2"), ("keep 1 force", "keep 1"), ("keep 2", "keep 2 force"),
            ("keep 1 force", "keep 2 force"), ("keep 1", "keep 1 newer"), ("keep 2 newer", "keep 1"), ("keep 1 force", "keep 2 newer"),
        }
        select new TheoryDataRow<string, string, string>(there, runs.Item1, runs.Item2);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Never_leave_a_cloud_without_the_image(string there, string first, string second)
    {
        var start = new World(
            [.. there.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((revision, index) => Image(revision, index, "before", ""))],
            [Run.Of(first), Run.Of(second)]);

        var ends = Explore(start);

        Assert.NotEmpty(ends);
        Assert.All(ends, end =>
        {
            // One more run, alone, is enough to bring order: of the one that has seen more, for what is newer than its offer a run leaves.
            var last = start.Runs.MaxBy(run => run.Offer, StringComparer.Ordinal)! with { Forces = false };
            var after = Alone(end, last).Images.Where(KnownImage.IsVisible).ToList();
            Assert.Single(after, image => RevisionIn(image) == last.Offer);
            Assert.InRange(after.Count, 1, last.Keep);
        });
    }

    /// <returns>The worlds in which both runs have ended.</returns>
    private static List<World> Explore(World start)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { start.ToString() };
        var open = new Stack<World>([start]);
        var ends = new List<World>();
        while (open.TryPop(out var world))
        {
            var alive = Enumerable.Range(0, world.Runs.Length).Where(run => world.Runs[run].Step is not Step.Done);
            var next = alive
                .SelectMany(run => new[] { Take(world, run), world.With(run, world.Runs[run] with { Step = Step.Done, Surplus = [] }) })
                .ToList();
            if (next is [])
                ends.Add(world);
            foreach (var reached in next)
            {
                Assert.True(
                    string.CompareOrdinal(reached.NewestVisible, world.NewestVisible) >= 0,
                    $"Nothing is left: {world} became {reached}");
                if (seen.Add(reached.ToString()))
                    open.Push(reached);
            }
        }

        return ends;
    }

    private static World Alone(World world, Run run)
    {
        world = world with { Runs = [run] };
        while (world.Runs[0].Step is not Step.Done)
            world = Take(world, 0);
        return world;
    }

    private static World Take(World world, int index)
    {
        var run = world.Runs[index];
        return run.Step switch
        {
            Step.Look => Look(world, index, run),
            Step.Create => world.With(index, run with { Step = Step.Publish, Own = $"{world.Made}" })
                .Add(Image(run.Offer, world.Made, $"{index}", run.Replaces) with { Status = "queued" }),
            Step.Publish => world.With(index, run with { Step = Step.LookAgain }).Activate(run.Own),
            Step.LookAgain => Next(world.With(index, run with { Surplus = Surplus(world, run) }), index),
            Step.AskForKeeper => world.Find(run.Surplus[0].Keeper!) is { } keeper && KnownImage.IsVisible(keeper)
                ? world.With(index, run with { Step = Step.Delete })
                : Next(world.With(index, run with { Surplus = run.Surplus[1..] }), index),
            Step.Delete => Next(world.With(index, run with { Surplus = run.Surplus[1..] }).Remove(run.Surplus[0].Image.Id), index),
            _ => throw new InvalidOperationException(run.Step.ToString()),
        };
    }

    private static World Look(World world, int index, Run run)
    {
        var plan = Planner.Decide(new Situation
        {
            Distribution = Distribution,
            Offer = new ResolvedImage
            {
                Distribution = Distribution.Key,
                Location = new($"https://publisher.example/{run.Offer}/image"),
                OfficialLocation = new($"https://publisher.example/{run.Offer}/image"),
                DiskFormat = "qcow2",
                Revision = run.Offer,
                BuildDate = DateOnly.ParseExact(run.Offer, "yyyyMMdd", CultureInfo.InvariantCulture),
                Digest = DigestOf(run.Offer),
                Provenance = new Provenance(ProvenanceKind.Signed, "DD"),
            },
            Images = new ImageListing("ours", world.Images),
            Publish = new PublishOptions(),
            Run = new RunMark($"{index}", RunId.Parse("this")),
            Now = Now,
            Catalogue = Catalogue.All,
            Force = run.Forces,
        });
        if (plan.Refusal is not null)
            return world.With(index, run with { Step = Step.Done }); // the other has published something newer meanwhile

        // What a dead run of the same installation has left, which nobody can boot from.
        var leftovers = plan.Actions.Where(action => action.Kind is ActionKind.Delete).ToList();
        Assert.All(leftovers, leftover => Assert.Equal("queued", leftover.Image.Status));
        world = leftovers.Aggregate(world, (left, leftover) => left.Remove(leftover.Image.Id));
        Assert.All(
            plan.Actions.Except(leftovers), action => Assert.True(action.Kind is ActionKind.Publish or ActionKind.Change, action.Reason));
        return world.With(index, plan.Actions.FirstOrDefault(action => action.Kind is ActionKind.Publish) is { } publication
            ? run with { Step = Step.Create, Replaces = string.Join(',', Twins.ReplacedBy(publication.Image)) }
            : run with { Step = Step.LookAgain, Own = plan.Current!.Id });
    }

    private static World Next(World world, int index) =>
        world.With(index, world.Runs[index] with { Step = world.Runs[index].Surplus is [] ? Step.Done : Step.AskForKeeper });

    private static ImmutableArray<PlannedAction> Surplus(World world, Run run)
    {
        // As in a run: where the image that it found or made is gone, nothing is judged.
        if (world.Find(run.Own) is not { } newest || !KnownImage.IsVisible(newest))
            return [];

        Assert.True(Revision.TryParse(run.Offer, out var revision));
        return
        [
            .. Retention.Decide(new ImageListing("ours", world.Images), new RetentionLine
            {
                Distribution = Distribution,
                Newest = newest,
                Revision = revision,
                Keep = run.Keep,
                Steps = new PruneOptions(),
                Project = "ours",
                Now = Now,
                Catalogue = Catalogue.All,
            }),
        ];
    }

    private static GlanceImage Image(string revision, int made, string run, string replaces) => new()
    {
        Id = $"{made}",
        Name = "Debian 12",
        Status = "active",
        Owner = "ours",
        CreatedAt = Now.AddMinutes((made - 100) / 2), // two have the same time: then the smallest id decides
        UpdatedAt = Now.AddMinutes(made - 100),
        OsHashAlgo = "sha512",
        OsHashValue = DigestOf(revision).Hex,
        Properties = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["source"] = "imgsync",
            ["imgsync.distribution"] = Distribution.Key,
            ["imgsync.revision"] = revision,
            ["imgsync.run"] = $"{run}/this",
            ["imgsync.sha256"] = "00",
            ["imgsync.sha512"] = DigestOf(revision).Hex,
            ["imgsync.replaces"] = replaces,
        },
    };

    private static string RevisionIn(GlanceImage image) => image.Properties["imgsync.revision"];

    private static Digest DigestOf(string revision) =>
        Digest.FromBytes(DigestAlgorithm.Sha512, Enumerable.Repeat(byte.Parse(revision[^2..], CultureInfo.InvariantCulture), 64).ToArray());

    private sealed record Run(bool Forces, int Keep, string Offer)
    {
        public static Run Of(string words) => new(
            words.Contains("force", StringComparison.Ordinal),
            words.Contains("keep 1", StringComparison.Ordinal) ? 1 : 2,
            words.Contains("newer", StringComparison.Ordinal) ? "20240804" : "20240803");

        public Step Step { get; init; }

        /// <summary>The id of the image that this run found or made.</summary>
        public string Own { get; init; } = "";

        public string Replaces { get; init; } = "";

        /// <summary>What it has decided to delete and not yet deleted.</summary>
        public ImmutableArray<PlannedAction> Surplus { get; init; } = [];

        public override string ToString() =>
            $"{Step} {Own} {Replaces} [{string.Join(' ', Surplus.Select(entry => $"{entry.Image.Id} for {entry.Keeper}"))}]";
    }

    private sealed record World(ImmutableList<GlanceImage> Images, ImmutableArray<Run> Runs)
    {
        public int Made { get; init; } = Images.Count;

        /// <summary>The newest revision that users can boot from; empty for none.</summary>
        public string NewestVisible => Images.Where(KnownImage.IsVisible).Select(RevisionIn).Order(StringComparer.Ordinal).LastOrDefault() ?? "";

        public GlanceImage? Find(string id) => Images.Find(image => image.Id == id);

        public World Add(GlanceImage image) => this with { Images = Images.Add(image), Made = Made + 1 };

        public World Activate(string id) => this with { Images = Images.Replace(Find(id)!, Find(id)! with { Status = "active" }) };

        public World Remove(string id) => this with { Images = Images.RemoveAll(image => image.Id == id) };

        public World With(int index, Run run) => this with { Runs = Runs.SetItem(index, run) };

        public override string ToString() =>
            $"{string.Join(' ', Images.Select(image => $"{image.Id}:{RevisionIn(image)}:{image.Status}:{image.Properties["imgsync.replaces"]}"))} | {string.Join(" | ", Runs)}";
    }
}

using System.Collections.Immutable;
using System.Globalization;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Tests.Planning;

/// <summary>Two installations that know nothing of each other run at the same time in one cloud. Every order of their requests is
/// tried, each request being one step of the model; what is decided between them is decided by the real planner.</summary>
public sealed class TwoInstallationsTests
{
    private static readonly DateTimeOffset Now = new(2024, 8, 10, 0, 0, 0, TimeSpan.Zero);

    private static readonly DistributionCatalog Catalogue =
        DistributionCatalog.Load(userFile: null, new Dictionary<string, Uri>(StringComparer.Ordinal));

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

    /// <summary>What is there before, how many are kept, and who forces.</summary>
    public static IEnumerable<TheoryDataRow<string, int, bool, bool>> Rows =>
        from there in new[] { "", "20240802", "20240801 20240802", "20240803", "20240802 20240803", "20240802 20240803 20240803" }
        from keep in new[] { 1, 2 }
        from first in new[] { false, true }
        from second in new[] { false, true }
        select new TheoryDataRow<string, int, bool, bool>(there, keep, first, second);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Never_leave_a_cloud_without_the_image(string there, int keep, bool firstForces, bool secondForces)
    {
        var start = new World(
            [.. there.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((revision, index) => Image(revision, index, "before", ""))],
            [new Run(firstForces), new Run(secondForces)]);

        var ends = Explore(start, keep);

        Assert.NotEmpty(ends);
        Assert.All(ends, end =>
        {
            // One more run of either, alone, is enough to bring order.
            var after = Alone(end, keep);
            Assert.Single(after.Images, image => RevisionIn(image) == "20240803");
            Assert.Equal(
                Math.Min(keep, after.Images.Concat(start.Images).Select(RevisionIn).Distinct(StringComparer.Ordinal).Count()),
                after.Images.Select(RevisionIn).Distinct(StringComparer.Ordinal).Count());
        });
    }

    /// <returns>The worlds in which both runs have ended.</returns>
    private static List<World> Explore(World start, int keep)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { start.ToString() };
        var open = new Stack<World>([start]);
        var ends = new List<World>();
        while (open.TryPop(out var world))
        {
            var next = Enumerable.Range(0, world.Runs.Length).Where(
                run => world.Runs[run].Step is not Step.Done).Select(run => Take(world, run, keep)).ToList();
            if (next is [])
                ends.Add(world);
            foreach (var reached in next)
            {
                Assert.True(
                    reached.Visible >= Math.Min(world.Visible, 1) && reached.VisibleNewest >= Math.Min(world.VisibleNewest, 1),
                    $"Nothing is left: {world} became {reached}");
                if (seen.Add(reached.ToString()))
                    open.Push(reached);
            }
        }

        return ends;
    }

    private static World Alone(World world, int keep)
    {
        world = world with { Runs = [new Run(Forces: false)] };
        while (world.Runs[0].Step is not Step.Done)
            world = Take(world, 0, keep);
        return world;
    }

    private static World Take(World world, int index, int keep)
    {
        var run = world.Runs[index];
        return run.Step switch
        {
            Step.Look => Look(world, index, run),
            Step.Create => world.With(index, run with { Step = Step.Publish, Own = $"{world.Made}" })
                .Add(Image("20240803", world.Made, $"{index}", run.Replaces) with { Status = "queued" }),
            Step.Publish => world.With(index, run with { Step = Step.LookAgain }).Activate(run.Own),
            Step.LookAgain => Next(world.With(index, run with { Surplus = Surplus(world, run.Own, keep) }), index),
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
                Location = new("https://publisher.example/20240803/image"),
                OfficialLocation = new("https://publisher.example/20240803/image"),
                DiskFormat = "qcow2",
                Revision = "20240803",
                BuildDate = new DateOnly(2024, 8, 3),
                Digest = DigestOf("20240803"),
                Provenance = new Provenance(ProvenanceKind.Signed, "DD"),
            },
            Images = new ImageListing("ours", world.Images),
            Publish = new PublishOptions(),
            Run = new RunMark($"{index}", RunId.Parse("this")),
            Now = Now,
            Catalogue = Catalogue.All,
            Force = run.Forces,
        });
        Assert.Null(plan.Refusal);
        Assert.All(plan.Actions, action => Assert.True(action.Kind is ActionKind.Publish or ActionKind.Change, action.Reason));
        return world.With(index, plan.Actions.FirstOrDefault(action => action.Kind is ActionKind.Publish) is { } publication
            ? run with { Step = Step.Create, Replaces = string.Join(',', Twins.ReplacedBy(publication.Image)) }
            : run with { Step = Step.LookAgain, Own = plan.Current!.Id });
    }

    private static World Next(World world, int index) =>
        world.With(index, world.Runs[index] with { Step = world.Runs[index].Surplus is [] ? Step.Done : Step.AskForKeeper });

    private static ImmutableArray<PlannedAction> Surplus(World world, string own, int keep)
    {
        // As in a run: where the image that it found or made is gone, nothing is judged.
        if (world.Find(own) is not { } newest || !KnownImage.IsVisible(newest))
            return [];

        Assert.True(Revision.TryParse("20240803", out var revision));
        return
        [
            .. Retention.Decide(new ImageListing("ours", world.Images), new RetentionLine
            {
                Distribution = Distribution,
                Newest = newest,
                Revision = revision,
                Keep = keep,
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
        CreatedAt = Now.AddMinutes(made - 100),
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

    private sealed record Run(bool Forces)
    {
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

        public int Visible => Images.Count(KnownImage.IsVisible);

        public int VisibleNewest => Images.Count(image => KnownImage.IsVisible(image) && RevisionIn(image) == "20240803");

        public GlanceImage? Find(string id) => Images.Find(image => image.Id == id);

        public World Add(GlanceImage image) => this with { Images = Images.Add(image), Made = Made + 1 };

        public World Activate(string id) => this with { Images = Images.Replace(Find(id)!, Find(id)! with { Status = "active" }) };

        public World Remove(string id) => this with { Images = Images.RemoveAll(image => image.Id == id) };

        public World With(int index, Run run) => this with { Runs = Runs.SetItem(index, run) };

        public override string ToString() =>
            $"{string.Join(' ', Images.Select(image => $"{image.Id}:{RevisionIn(image)}:{image.Status}:{image.Properties["imgsync.replaces"]}"))} | {string.Join(" | ", Runs)}";
    }
}

using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Tests.Planning;

/// <summary>What holds of every plan, whatever a cloud has and a publisher offers: of the one for the offer and of the clean-up
/// after it, each carried out on a list of images.</summary>
public sealed class PlanPropertyTests
{
    private static readonly string[] Words =
        ["", "", "", "", ",hidden", ",status:deactivated", ",status:saving", ",unpublished", ",owner:theirs", ",distribution:debian13",
            ",legacy", ",source:somebody", ",unsigned", ",no-source", ",protected", ",protected:ours", ",visibility:private",
            ",visibility:shared,given:public", ",status:saving,run:there/x", ",replaces:1", ",version:11"];

    private static readonly DistributionCatalog Catalogue =
        DistributionCatalog.Load(userFile: null, new Dictionary<string, Uri>(StringComparer.Ordinal));

    [Fact]
    public void What_users_can_boot_from_stays_until_there_is_something_newer() => AssertOfAny(world =>
    {
        var after = world.CarryOut(world.Plan()).CarryOut(world.CleanUp());
        var hadOne = world.Before.Any(IsUsable);
        Assert.True(!hadOne || after.Images.Any(IsUsable), "users are left with nothing");
    });

    [Fact]
    public void Nobody_elses_image_and_nothing_newer_than_the_offer_is_touched() => AssertOfAny(world =>
    {
        var plan = world.Plan();
        foreach (var action in plan.Concat(world.CarryOut(plan).CleanUp()).Where(action => action.Kind is not ActionKind.Leave))
        {
            var image = action.Image;
            Assert.True(KnownImage.IsOurs(image, "ours"), $"{image.Id} is not ours");
            var isLeftover = action.Kind is ActionKind.Delete && !KnownImage.IsFinished(image);
            Assert.True(isLeftover || ImageMarks.DistributionOf(image) is "debian12", $"{image.Id} is of {ImageMarks.DistributionOf(image)}");
            Assert.True(
                action.Kind is not ActionKind.Delete || isLeftover
                    || string.CompareOrdinal(image.Properties["imgsync.revision"], world.Offered) <= 0,
                $"{image.Id} is newer: {InWords(action)}");
        }
    });

    [Fact]
    public void Planning_twice_is_planning_once() => AssertOfAny(world =>
    {
        var plan = world.Plan();
        Assert.Equal(plan.Select(InWords), world.Plan().Select(InWords));
        world.CarryOut(plan);
        Assert.Equal(world.CleanUp().Select(InWords), world.CleanUp().Select(InWords));
    });

    [Fact]
    public void Carried_out_and_planned_again_there_is_nothing_to_do() => AssertOfAny(world =>
    {
        world.CarryOut(world.Plan());
        world.CarryOut(world.CleanUp());
        world.Row = world.Row with { Force = false };
        Assert.Empty(world.Plan().Concat(world.CleanUp()).Where(action => action.Kind is not ActionKind.Leave).Select(InWords));
    });

    [Fact]
    public void A_dry_run_plans_the_clean_up_that_the_run_does() => AssertOfAny(world =>
    {
        world.Plan();
        var dry = world.CleanUp(dry: true).Select(InWords).ToList();
        Assert.Equal(dry, world.CarryOut(world.Plan()).CleanUp().Select(InWords));
    });

    private static void AssertOfAny(Action<World> holds)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var count = 0; count < 3000; count++)
        {
            var world = World.Any(random);
            var written = $"{world.Row.Images}, offered {world.Row.Offer}, force {world.Row.Force}, keep {world.Row.Publish.Keep}";
            var broken = Record.Exception(() => holds(world));
            Assert.True(broken is null, $"Seed {seed}: {written}: {broken?.Message}");
        }
    }

    private static bool IsUsable(GlanceImage image) => KnownImage.IsOurs(image, "ours") && KnownImage.IsVisible(image)
        && (LegacyImage.IsOf(Catalogue.Get("debian12"), image, Catalogue.All)
            || (ImageMarks.DistributionOf(image) is "debian12" && KnownImage.IsFinished(image)));

    private static string InWords(PlannedAction action) => $"{action.Kind} {action.Image.Name} {action.Image.CreatedAt:O}: {action.Reason}";

    private sealed class World
    {
        private readonly ImgsyncOptions _options;
        private Plan? _plan;

        private World(PlannerCase row, ImgsyncOptions options)
        {
            (Row, _options) = (row, options);
            Images = [.. row.Written.Where(image => image.Owner == row.Project)];
            Before = Images;
        }

        public PlannerCase Row { get; set; }

        public IReadOnlyList<GlanceImage> Before { get; }

        public IReadOnlyList<GlanceImage> Images { get; private set; }

        public string Offered => Row.Offered.Image.Revision;

        private ImageListing Listing => new(Row.Project, Images);

        public static World Any(Random random)
        {
            string Content() => $"{(char)('a' + random.Next(5))}";
            var images = Enumerable.Range(0, random.Next(6))
                .Select(_ => $"2024080{random.Next(1, 7)}={Content()}{Words[random.Next(Words.Length)]}");
            var publish = new PublishOptions
            {
                Keep = random.Next(1, 4),
                LatestName = random.Next(3) == 0 ? "{title}" : null,
                Protected = random.Next(4) == 0,
                Visibility = random.Next(4) == 0 ? ImageVisibility.Private : ImageVisibility.Public,
            };
            var row = new PlannerCase(string.Join(' ', images), $"2024080{random.Next(2, 7)}={Content()}", "")
            {
                Force = random.Next(4) == 0,
                Publish = publish,
            };
            return new World(row, new ImgsyncOptions { Publish = publish, Distributions = ["debian12", "debian13"] });
        }

        public IReadOnlyList<PlannedAction> Plan() => (_plan = Planner.Decide(Row.In(Listing, []))).Actions;

        /// <param name="dry">As a dry run does: nothing of the plan has been carried out.</param>
        public IReadOnlyList<PlannedAction> CleanUp(bool dry = false)
        {
            var cloud = new CloudOptions { Name = "cloud" };
            var situation = Row.In(Listing, []);
            return new CleanUp(cloud, situation.Run, situation.Now, _options, Catalogue).Decide([Outcome(dry)], Listing);
        }

        public World CarryOut(IReadOnlyList<PlannedAction> plan)
        {
            foreach (var action in plan)
                Images = [.. Take(action)];
            return this;
        }

        private ImageOutcome Outcome(bool dry)
        {
            var publication = _plan!.Actions.FirstOrDefault(action => action.Kind is ActionKind.Publish);
            return new ImageOutcome
            {
                Distribution = "debian12",
                Cloud = "cloud",
                Kind = _plan.Refusal is not null ? OutcomeKind.Refused
                    : publication is null ? OutcomeKind.UpToDate
                    : dry ? OutcomeKind.WouldPublish
                    : OutcomeKind.Published,
                Reason = "",
                Revision = Offered,
                ImageId = publication is null ? _plan.Current?.Id : dry ? null : "new",
                ImageName = (publication?.Image ?? _plan.Current)?.Name,
                Actions = dry ? [.. _plan.Actions.Select(action => action.Tell("cloud", "debian12", ActionResult.Planned))] : [],
            };
        }

        private IEnumerable<GlanceImage> Take(PlannedAction action)
        {
            if (action.Kind is ActionKind.Publish)
                return Images.Prepend(Published(action.Image));
            var id = PlannedImage.Is(action.Image) ? "new" : action.Image.Id;
            return action.Kind is ActionKind.Delete
                ? Images.Where(image => image.Id != id)
                : Images.Select(image => image.Id == id ? Changed(image, action) : image);
        }

        private GlanceImage Published(GlanceImage planned)
        {
            var (_, content) = Row.Offered;
            var sha512 = PlannerCase.DigestOf(content, DigestAlgorithm.Sha512).Hex;
            var properties = new Dictionary<string, string>(planned.Properties, StringComparer.Ordinal)
            {
                ["imgsync.sha256"] = PlannerCase.DigestOf(content, DigestAlgorithm.Sha256).Hex,
                ["imgsync.sha512"] = sha512,
                ["imgsync.visibility"] = planned.Visibility,
            };
            if (planned.Protected)
                properties["imgsync.protected"] = "true";
            return planned with { Id = "new", OsHashAlgo = "sha512", OsHashValue = sha512, Properties = properties };
        }

        private static GlanceImage Changed(GlanceImage image, PlannedAction action)
        {
            image = action.Kind is ActionKind.Deactivate ? image with { Status = "deactivated" } : image;
            return action.Patch.Aggregate(image, (now, operation) => operation.Name switch
            {
                "name" => now with { Name = (string)operation.Value! },
                "visibility" => now with { Visibility = (string)operation.Value! },
                "protected" => now with { Protected = (bool)operation.Value! },
                "os_hidden" => now with { OsHidden = (bool)operation.Value! },
                "min_ram" => now with { MinRam = (int)operation.Value! },
                _ => now with { Properties = With(now.Properties, operation) },
            });
        }

        private static Dictionary<string, string> With(IReadOnlyDictionary<string, string> properties, PatchOperation operation)
        {
            var changed = new Dictionary<string, string>(properties, StringComparer.Ordinal);
            if (operation.Value is null)
                changed.Remove(operation.Name);
            else
                changed[operation.Name] = $"{operation.Value}";
            return changed;
        }
    }
}

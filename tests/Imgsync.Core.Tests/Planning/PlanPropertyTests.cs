using Imgsync.Core.Catalog;
using Imgsync.Core.Catalog.Reading;
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
            ",visibility:shared,given:public", ",visibility:private,given:public", ",hidden,retired", ",status:deactivated,retired", ",status:saving,run:there/x", ",replaces:1", ",version:11"];

    private static readonly DistributionCatalog Catalogue =
        CatalogLoader.Load(userFile: null, new Dictionary<string, Uri>(StringComparer.Ordinal));

    [Fact]
    public void What_users_can_boot_from_stays_until_there_is_something_newer() => AssertOfAny(world =>
    {
        // After each single action: a run may end at any of them.
        var hadOne = world.Before.Any(IsUsable);
        world.After = action => Assert.True(!hadOne || world.Images.Any(IsUsable), $"users are left with nothing after {InWords(action)}");
        world.CarryOut(world.Plan()).CarryOut(world.CleanUp());
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
            var distribution = ImageMarks.DistributionOf(image);
            var isOrphan = distribution is "debian13" && world.Prune.Orphans is OrphanPolicy.Prune;
            var isAdopted = distribution is null && (world.Prune.AdoptLegacy || action.IsReplaced);
            Assert.True(isLeftover || isOrphan || isAdopted || distribution is "debian12", $"{image.Id} is of {distribution}: {InWords(action)}");
            Assert.True(
                action.Kind is not ActionKind.Delete || isLeftover || isOrphan || isAdopted
                    || string.CompareOrdinal(image.Properties["imgsync.revision"], world.Offered) <= 0,
                $"{image.Id} is newer: {InWords(action)}");
        }
    });

    /// <summary>Nobody but those who see an image already sees it afterwards, unless the settings say so of a distribution's newest.</summary>
    [Fact]
    public void Whom_the_operator_has_shared_an_image_with_keeps_it() => AssertOfAny(world =>
    {
        var byHand = world.Members.ToDictionary(
            image => image.Key, image => image.Value.Select(member => member.Project).Where(project => project is "by-hand").ToList());
        world.CarryOut(world.Plan()).CarryOut(world.CleanUp());
        Assert.All(
            byHand.Where(image => world.Images.Any(left => left.Id == image.Key)),
            image => Assert.Equal(image.Value, world.Members[image.Key].Select(member => member.Project).Intersect(image.Value)));
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

    /// <summary>A limit, a stop or a failure may end it after any action.</summary>
    [Fact]
    public void A_clean_up_that_was_cut_short_is_ended_by_the_next() => AssertOfAny(world =>
    {
        var (before, actions) = (world.CarryOut(world.Plan()).Images, world.CleanUp());
        var whole = world.CarryOut(actions).Images.Select(image => image.Id).ToList();
        for (var taken = 0; taken < actions.Count; taken++)
        {
            world.Images = before;
            world.CarryOut([.. actions.Take(taken)]);
            Assert.Equal(whole, world.CarryOut(world.CleanUp()).Images.Select(image => image.Id));
        }
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
        var seed = Seed.Next();
        var random = new Random(seed);
        for (var count = 0; count < 3000; count++)
        {
            var world = World.Any(random);
            var written = $"{world.Row.Images}, offered {world.Row.Offer}, force {world.Row.Force}, {world.Row.Publish}, {world.Prune}";
            var broken = Record.Exception(() => holds(world));
            Assert.True(broken is null, $"IMGSYNC_TEST_SEED={seed}: {written}: {broken?.Message}");
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
            foreach (var image in Images.Where(image => image.Visibility is "shared"))
                Members[image.Id] = [new ImageMember("by-hand", "accepted"), new ImageMember("them", "pending")];
        }

        public PlannerCase Row { get; set; }

        public IReadOnlyList<GlanceImage> Before { get; }

        public IReadOnlyList<GlanceImage> Images { get; set; }

        /// <summary>Whom the images are shared with.</summary>
        public Dictionary<string, List<ImageMember>> Members { get; } = new(StringComparer.Ordinal);

        /// <summary>Told of each action when it has been taken.</summary>
        public Action<PlannedAction> After { get; set; } = _ => { };

        public PruneOptions Prune => _options.Prune;

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
                Visibility = random.Next(4) switch { 0 => ImageVisibility.Private, 1 => ImageVisibility.Shared, _ => ImageVisibility.Public },
                Members = random.Next(2) == 0 ? ["us", "them"] : [],
                AcceptMembers = random.Next(2) == 0,
                Tags = random.Next(4) == 0 ? ["t"] : [],
            };
            var prune = new PruneOptions
            {
                Enabled = random.Next(8) != 0,
                AdoptLegacy = random.Next(2) == 0,
                Orphans = random.Next(2) == 0 ? OrphanPolicy.Prune : OrphanPolicy.Keep,
                RenameAfter = OnOrOff(),
                CommunityAfter = OnOrOff(),
                HideAfter = OnOrOff(),
                DeactivateAfter = OnOrOff(),
                DeleteAfter = OnOrOff(),
            };
            var row = new PlannerCase(string.Join(' ', images), $"2024080{random.Next(2, 7)}={Content()}", "")
            {
                Force = random.Next(4) == 0,
                Publish = publish,
            };
            var configured = random.Next(2) == 0 ? new[] { "debian12" } : ["debian12", "debian13"];
            return new World(row, new ImgsyncOptions { Publish = publish, Prune = prune, Distributions = configured });

            TimeSpan? OnOrOff() => random.Next(2) == 0 ? TimeSpan.Zero : null;
        }

        public IReadOnlyList<PlannedAction> Plan()
        {
            var situation = Row.In(Listing, []);
            var members = Planner.Current(situation) is { } current ? Members.GetValueOrDefault(current.Id, []) : [];
            return (_plan = Planner.Decide(situation with { Members = members })).Actions;
        }

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
            {
                Images = [.. Take(action)];
                ShareAsPlanned(action);
                After(action);
            }

            return this;
        }

        private void ShareAsPlanned(PlannedAction action)
        {
            var id = PlannedImage.Is(action.Image) ? "new" : action.Image.Id;
            var members = Members[id] = Members.GetValueOrDefault(id, []);
            members.RemoveAll(member => action.FormerMembers.Contains(member.Project, StringComparer.Ordinal));
            members.AddRange(action.NewMembers.Select(project => new ImageMember(project, "pending")));
            foreach (var project in action.AcceptedMembers)
                members[members.FindIndex(member => member.Project == project)] = new ImageMember(project, "accepted");
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
            image = image with
            {
                Status = action.Kind is ActionKind.Deactivate ? "deactivated" : action.Reactivates ? "active" : image.Status,
                Tags = [.. image.Tags, .. action.NewTags],
            };
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

using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Planning;

/// <summary>Brings a published image in line with the current settings: who sees it, how it is described and tagged, whether it
/// is protected, whom it is shared with and where it is kept. Its content, its name and where it came from stay.</summary>
internal static class Upkeep
{
    private const string AsTheSettingsSay = "to be as the settings say: ";

    /// <summary>Whether an image's members have to be known to say what it lacks.</summary>
    public static bool AsksForMembers(GlanceImage image, PublishOptions options) => Shares(image, options) && image.Visibility is "shared";

    /// <param name="members">The projects that it is shared with now.</param>
    /// <param name="now">By the cloud's clock.</param>
    /// <returns>Nothing when it is as the settings say.</returns>
    public static IEnumerable<PlannedAction> Due(
        GlanceImage image, IReadOnlyList<ImageMember> members, DistributionSpec spec, PublishOptions options, DateTimeOffset now) =>
        new[] { Change(image, members, spec, options, now), Acceptance(image, members, options) }.OfType<PlannedAction>();

    private static PlannedAction? Change(
        GlanceImage image, IReadOnlyList<ImageMember> members, DistributionSpec spec, PublishOptions options, DateTimeOffset now)
    {
        if (!IsOurs(image))
            return new PlannedAction(ActionKind.Leave, image, "the older tool made it, and it is left as it is");
        if (!IsOrComesBack(image))
            return new PlannedAction(ActionKind.Leave, image, $"{(image.OsHidden ? "hidden" : image.Status)} by hand, and left so");

        var sharing = Sharing.Of(image, members, Shares(image, options) ? options.Members : null);
        var action = new PlannedAction(ActionKind.Change, image, "")
        {
            Reactivates = image.Status is "deactivated",
            Patch =
            [
                .. RetirementStep.Undo(image),
                .. Visibility(image, options),
                .. Protection.Change(image, options.Protected),
                .. Description(image, spec, options),
                .. sharing.Marks,
            ],
            NewTags = [.. ImageDescription.Tags(spec, options, ImageFacts.Of(image).Revision).Except(image.Tags, StringComparer.Ordinal)],
            NewMembers = sharing.New,
            FormerMembers = sharing.Former,
            NewStores =
                [.. options.Stores.Except(image.Stores, StringComparer.Ordinal).Except(image.ImportingToStores, StringComparer.Ordinal)],
        };
        var changes = Changes(action);
        return changes is not "" && IsBeingCopied(image, options, now)
                ? new PlannedAction(
                    ActionKind.Leave, image, $"Glance is copying it to {Stores(image)}, and the next run changes {changes}")
            : changes is not "" ? action with { Reason = AsTheSettingsSay + changes }
            : KnownImage.IsShownByHand(image) ? new PlannedAction(ActionKind.Leave, image, $"made {image.Visibility} by hand, and left so")
            : sharing.Others is not []
                ? new PlannedAction(ActionKind.Leave, image, $"shared by hand with {string.Join(", ", sharing.Others)}, and left so")
            : null;
    }

    /// <summary>A step of its own, because the cloud may not let us. Who has answered by now, either way, is left alone.</summary>
    private static PlannedAction? Acceptance(GlanceImage image, IReadOnlyList<ImageMember> members, PublishOptions options)
    {
        if (!options.AcceptMembers || !Shares(image, options) || !IsOurs(image) || !IsOrComesBack(image))
            return null;

        var answered = members.Where(member => !member.HasNotAnswered).Select(member => member.Project);
        return options.Members.Except(answered, StringComparer.Ordinal).ToList() is { Count: > 0 } pending
            ? new PlannedAction(ActionKind.Change, image, AsTheSettingsSay + "members accepted") { AcceptedMembers = pending }
            : null;
    }

    /// <summary>Glance saves the whole image when a copy ends, so what is changed meanwhile may be lost, and refuses a second copy. A
    /// Glance that died meanwhile says for ever that it is at it.</summary>
    private static bool IsBeingCopied(GlanceImage image, PublishOptions options, DateTimeOffset now) =>
        image.ImportingToStores is not [] && now - image.UpdatedAt < options.ImportTimeout;

    private static string Stores(GlanceImage image) => string.Join(", ", image.ImportingToStores).OnOneLine().Shortened();

    /// <summary>What we have hidden or deactivated ourselves comes back when it is the newest again.</summary>
    private static bool IsOrComesBack(GlanceImage image) => KnownImage.IsActiveAndListed(image) || KnownImage.IsRetired(image);

    private static bool IsOurs(GlanceImage image) => KnownImage.IsFinished(image) && image.Properties.ContainsKey(ImageMarks.Run);

    /// <summary>Whether it has, or is to have, the members of the settings; Glance has some for shared images only.</summary>
    private static bool Shares(GlanceImage image, PublishOptions options) =>
        options is { Visibility: ImageVisibility.Shared, Members: not [] }
        && (image.Visibility is "shared" || !KnownImage.IsShownByHand(image));

    private static IEnumerable<PatchOperation> Visibility(GlanceImage image, PublishOptions options) =>
        image.Visibility == options.Visibility.InGlance() || KnownImage.IsShownByHand(image) ? [] : Publication.Show(options.Visibility);

    /// <summary>A property that the settings say no more about stays: somebody else may have set it.
    /// <c>publish.removeProperties</c> takes it away.</summary>
    private static IEnumerable<PatchOperation> Description(GlanceImage image, DistributionSpec spec, PublishOptions options)
    {
        foreach (var (name, value) in ImageDescription.DescriptiveProperties(spec, options, ImageFacts.Of(image))
            .Where(property => image.Properties.GetValueOrDefault(property.Key) != property.Value))
            yield return PatchOperation.Set(name, value);
        foreach (var name in options.RemoveProperties.Where(image.Properties.ContainsKey))
            yield return PatchOperation.Remove(name);
        if (ImageDescription.MinRam(spec, options) is var minRam && image.MinRam != minRam)
            yield return PatchOperation.Set("min_ram", minRam);
    }

    /// <summary><c>visibility, hw_disk_bus, tags, members, a copy in spare</c>.</summary>
    private static string Changes(PlannedAction action) => string.Join(", ",
    [
        .. action.Reactivates ? (string[])["activated again"] : [],
        .. action.Patch.Select(operation => operation.Name).Where(name => !PropertyNames.IsMark(name)),
        .. action.NewTags.Count > 0 ? (string[])["tags"] : [],
        .. action.NewMembers.Count + action.FormerMembers.Count > 0 ? (string[])["members"] : [],
        .. action.NewStores.Select(store => $"a copy in {store}"),
    ]);
}

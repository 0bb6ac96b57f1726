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
    /// <summary>Whether an image's members have to be known to say what it lacks.</summary>
    public static bool AsksForMembers(GlanceImage image, PublishOptions options) => Shares(options) && image.Visibility is "shared";

    /// <param name="members">The projects that it is shared with now, by their ids.</param>
    /// <returns>Null when it is as the settings say.</returns>
    public static PlannedAction? Due(
        GlanceImage image, IReadOnlyList<string> members, DistributionSpec spec, PublishOptions options)
    {
        if (!GlanceProof.IsFinished(image) || !image.Properties.ContainsKey(ImageMarks.Run))
            return new PlannedAction(ActionKind.Leave, image, "the older tool made it, and it is left as it is");
        if (!Twins.IsVisible(image))
            return new PlannedAction(ActionKind.Leave, image, $"{(image.OsHidden ? "hidden" : image.Status)} by hand, and left so");

        var action = new PlannedAction(ActionKind.Change, image, "")
        {
            Patch = [.. Visibility(image, options), .. Protection.Change(image, options.Protected), .. Description(image, spec, options)],
            NewTags = [.. ImageDescription.Tags(spec, options).Except(image.Tags, StringComparer.Ordinal)],
            NewMembers = Shares(options) ? [.. options.Members.Except(members, StringComparer.Ordinal)] : [],
            FormerMembers = Shares(options) ? [.. members.Except(options.Members, StringComparer.Ordinal)] : [],
            NewStores =
                [.. options.Stores.Except(image.Stores, StringComparer.Ordinal).Except(image.ImportingToStores, StringComparer.Ordinal)],
        };
        var changes = Changes(action);
        return changes is not "" ? action with { Reason = $"to be as the settings say: {changes}" }
            : ImageMarks.IsShownByHand(image) ? new PlannedAction(ActionKind.Leave, image, $"made {image.Visibility} by hand, and left so")
            : null;
    }

    private static bool Shares(PublishOptions options) => options is { Visibility: ImageVisibility.Shared, Members: not [] };

    private static IEnumerable<PatchOperation> Visibility(GlanceImage image, PublishOptions options) =>
        image.Visibility == options.Visibility.InGlance() || ImageMarks.IsShownByHand(image) ? [] : Publication.Show(options.Visibility);

    /// <summary>A property that the settings say no more about stays: somebody else may have set it.
    /// <c>publish.removeProperties</c> takes it away.</summary>
    private static IEnumerable<PatchOperation> Description(GlanceImage image, DistributionSpec spec, PublishOptions options)
    {
        foreach (var (name, value) in ImageDescription.Traits(
            spec, options).Where(trait => image.Properties.GetValueOrDefault(trait.Key) != trait.Value))
            yield return PatchOperation.Set(name, value);
        foreach (var name in options.RemoveProperties.Where(image.Properties.ContainsKey))
            yield return PatchOperation.Remove(name);
        if (image.MinRam != spec.MinRam)
            yield return PatchOperation.Set("min_ram", spec.MinRam);
    }

    /// <summary><c>visibility, hw_disk_bus, tags, members, a copy in spare</c>.</summary>
    private static string Changes(PlannedAction action) => string.Join(", ",
    [
        .. action.Patch.Select(operation => operation.Name).Where(name => !PropertyNames.IsMark(name)),
        .. action.NewTags.Count > 0 ? (string[])["tags"] : [],
        .. action.NewMembers.Count + action.FormerMembers.Count > 0 ? (string[])["members"] : [],
        .. action.NewStores.Select(store => $"a copy in {store}"),
    ]);
}

using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;

namespace Imgsync.Core.Publishing;

/// <summary>Brings a published image in line with the current settings: who sees it, how it is described, whether it
/// is protected, whom it is shared with and where it is kept. Its content, its name and where it came from stay. What an
/// operator has hidden or deactivated, and what the older tool made, is left alone.</summary>
internal sealed class MetadataUpdate(GlanceClient glance)
{
    /// <summary>What is different, found without changing anything.</summary>
    public async Task<MetadataChanges> FindAsync(
        GlanceImage image, DistributionSpec spec, PublishOptions options, CancellationToken cancellationToken)
    {
        if (image is not { Status: "active", OsHidden: false }
            || !GlanceProof.IsFinished(image) || !image.Properties.ContainsKey(ImageMarks.Run))
            return MetadataChanges.None;

        var shares = options is { Visibility: ImageVisibility.Shared, Members: not [] };
        var members = shares && image.Visibility is "shared" ? await glance.Members.ListAsync(image.Id, cancellationToken) : [];
        return new MetadataChanges
        {
            Patch = [.. Visibility(image, options), .. Protection.Change(image, options.Protected), .. Description(image, spec, options)],
            NewMembers = shares ? [.. options.Members.Except(members, StringComparer.Ordinal)] : [],
            FormerMembers = shares ? [.. members.Except(options.Members, StringComparer.Ordinal)] : [],
            NewStores =
                [.. options.Stores.Except(image.Stores, StringComparer.Ordinal).Except(image.ImportingToStores, StringComparer.Ordinal)],
        };
    }

    /// <returns>The image as it is now.</returns>
    public async Task<GlanceImage> ApplyAsync(GlanceImage image, MetadataChanges due, CancellationToken cancellationToken)
    {
        if (due.Patch.Count > 0)
            image = await glance.PatchAsync(image.Id, due.Patch, cancellationToken);
        foreach (var member in due.NewMembers)
            await glance.Members.AddAsync(image.Id, member, cancellationToken);
        foreach (var member in due.FormerMembers)
            await glance.Members.RemoveAsync(image.Id, member, cancellationToken);
        if (due.NewStores.Count > 0)
            await glance.Stores.CopyAsync(image.Id, due.NewStores, cancellationToken);
        return image;
    }

    private static IEnumerable<PatchOperation> Visibility(GlanceImage image, PublishOptions options) =>
        image.Visibility == options.Visibility.InGlance() ? [] : [PatchOperation.Set(options.Visibility)];

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
}

/// <summary>What an image lacks to be as the settings say.</summary>
internal sealed record MetadataChanges
{
    public static readonly MetadataChanges None = new();

    public IReadOnlyList<PatchOperation> Patch { get; init; } = [];

    public IReadOnlyList<string> NewMembers { get; init; } = [];

    public IReadOnlyList<string> FormerMembers { get; init; } = [];

    /// <summary>Stores it is to be copied to, in the background.</summary>
    public IReadOnlyList<string> NewStores { get; init; } = [];

    public bool IsNothing => Patch is [] && NewMembers is [] && FormerMembers is [] && NewStores is [];

    /// <summary>For the report: <c>visibility, hw_disk_bus, members, a copy in spare</c>.</summary>
    public override string ToString() => string.Join(", ",
    [
        .. Patch.Select(operation => operation.Name).Where(name => !PropertyNames.IsMark(name)),
        .. NewMembers.Count + FormerMembers.Count > 0 ? (string[])["members"] : [],
        .. NewStores.Select(store => $"a copy in {store}"),
    ]);
}

using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Imgsync.Core.Configuration;

/// <summary>
/// What becomes of images that a newer one has replaced. A step that has an age is taken once an image has been superseded
/// for that long; of several, the strongest counts.
/// </summary>
public sealed record PruneOptions
{
    [Description("Superseded images are left alone when this is off.")]
    public bool Enabled { get; init; } = true;

    [Description("No image younger than this is touched, whatever the steps say.")]
    [Age]
    public TimeSpan MinAge { get; init; } = TimeSpan.Zero;

    [Description("Adds (superseded <newer revision>) to the name after this long.")]
    [Age]
    public TimeSpan? RenameAfter { get; init; }

    [Description("Makes a public image a community image after this long: everybody can still use it, and it is in nobody's default list.")]
    [Age]
    public TimeSpan? CommunityAfter { get; init; }

    [Description("Hides the image from lists (os_hidden) after this long.")]
    [Age]
    public TimeSpan? HideAfter { get; init; }

    [Description("Deactivates the image after this long: nothing new boots from it.")]
    [Age]
    public TimeSpan? DeactivateAfter { get; init; }

    [Description("Deletes the image after this long. Empty never deletes.")]
    [Age]
    public TimeSpan? DeleteAfter { get; init; } = TimeSpan.Zero;

    [Description("The most images that one run deletes in one cloud; the rest waits for the next run.")]
    [Range(0, int.MaxValue)]
    public int MaxPrune { get; init; } = 10;

    [Description("Images of distributions that are no longer configured: keep, or prune (their steps count from when they were made).")]
    public OrphanPolicy Orphans { get; init; } = OrphanPolicy.Keep;

    [Description("Prunes images of the older Python tool like ours, in the order of the dates in their names.")]
    public bool AdoptLegacy { get; init; }
}

/// <summary>What becomes of images whose distribution is no longer configured.</summary>
[JsonConverter(typeof(WordConverter<OrphanPolicy>))]
public enum OrphanPolicy
{
    Keep,
    Prune,
}

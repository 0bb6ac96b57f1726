using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Planning;

/// <summary>What a run does about one distribution's offer in one cloud.</summary>
public sealed record Plan
{
    /// <summary>Why nothing is to be done at all; null when the offer may be followed.</summary>
    public string? Refusal { get; init; }

    /// <summary>What is worth a look though the offer is followed; null for nothing.</summary>
    public string? Warning { get; init; }

    /// <summary>The image that is this offer already, or that is held.</summary>
    public GlanceImage? Current { get; init; }

    /// <summary>Whether <see cref="Current"/> stays whatever is offered.</summary>
    public bool IsHeld { get; init; }

    /// <summary>The offer in the form that this cloud wants, for a publication.</summary>
    public ResolvedImage? Offer { get; init; }

    /// <summary>What is done, in this order.</summary>
    public IReadOnlyList<PlannedAction> Actions { get; init; } = [];

    /// <summary>The offer's image that Glance is importing already, for the publication to go on with; null for none.</summary>
    public GlanceImage? Importing { get; init; }

    /// <summary>Whether the current image is the offer by its own marks, and nothing half made is beside
    /// it: what was remembered of the publisher suffices.</summary>
    public bool IsPlain { get; init; }
}

/// <summary>One action and all that it needs: former members go first, then come the patch, tags, members and stores, and last a
/// deactivation or deletion.</summary>
/// <param name="Image">As it is; for a publication, as it will be.</param>
/// <param name="Reason">In one sentence.</param>
public sealed record PlannedAction(ActionKind Kind, GlanceImage Image, string Reason)
{
    public IReadOnlyList<PatchOperation> Patch { get; init; } = [];

    /// <summary>Whether it has to be activated again before anything else.</summary>
    public bool Reactivates { get; init; }

    /// <summary>Tags to add: what the settings say no more about stays, because somebody else may have set it.</summary>
    public IReadOnlyList<string> NewTags { get; init; } = [];

    /// <summary>Projects to share it with, by their ids.</summary>
    public IReadOnlyList<string> NewMembers { get; init; } = [];

    public IReadOnlyList<string> FormerMembers { get; init; } = [];

    /// <summary>Projects, by their ids, that are to accept it though nobody there has said so.</summary>
    public IReadOnlyList<string> AcceptedMembers { get; init; } = [];

    /// <summary>Stores to copy it to, in the background.</summary>
    public IReadOnlyList<string> NewStores { get; init; } = [];

    /// <summary>The id of the image that users are left with: it must be there and visible, or
    /// nothing is deleted. Null where none is needed.</summary>
    public string? Keeper { get; init; }

    /// <summary>Whether it goes because the image that stays was made to replace it: then it goes where pruning is off, too.</summary>
    public bool IsReplaced { get; init; }

    /// <summary>Whether it moves <c>publish.latestName</c>: a distribution's next such step follows only when this one succeeded.</summary>
    public bool MovesName { get; init; }

    /// <summary>For the report.</summary>
    /// <param name="distribution">Whose plan it is in: an image of the older tool does not say.</param>
    public RunAction Tell(string cloud, string distribution, ActionResult result, string? reason = null) => new()
    {
        Distribution = distribution,
        Cloud = cloud,
        Kind = Kind,
        ImageId = PlannedImage.Is(Image) ? null : Image.Id,
        ImageName = Image.Name,
        Replaces = Kind is ActionKind.Publish && Twins.ReplacedBy(Image).ToList() is { Count: > 0 } replaced ? replaced : null,
        DiskFormat = Kind is ActionKind.Publish ? Image.DiskFormat : null,
        ConvertedFrom = Kind is ActionKind.Publish ? ImageMarks.ConvertedFrom(Image) : null,
        Result = result,
        Reason = reason ?? Reason,
    };
}

using System.Text.Json.Serialization;

namespace Imgsync.Core.Runs;

/// <summary>One thing that a run has done to an image, or would do in a dry run: one line of a plan.</summary>
public sealed record RunAction
{
    public required string Distribution { get; init; }

    public required string Cloud { get; init; }

    public required ActionKind Kind { get; init; }

    /// <summary>Null for an image that is still to be published.</summary>
    public string? ImageId { get; init; }

    public required string ImageName { get; init; }

    /// <summary>The images whose place a publication takes, by their ids; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Replaces { get; init; }

    /// <summary>Glance's <c>disk_format</c> of what is published; null for other actions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DiskFormat { get; init; }

    /// <summary>The <c>disk_format</c> of the publisher's file where what is published was converted from it; null where it was not.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ConvertedFrom { get; init; }

    public required ActionResult Result { get; init; }

    /// <summary>Why, in one sentence.</summary>
    public required string Reason { get; init; }
}

/// <summary>What is done to an image; of those that can become of a superseded one, the stronger come later.</summary>
[JsonConverter(typeof(WordConverter<ActionKind>))]
public enum ActionKind
{
    /// <summary>Nothing, though something would be due: somebody else has decided about it.</summary>
    Leave,

    /// <summary>A new image is uploaded, verified and made visible.</summary>
    Publish,

    /// <summary>Its visibility, description, protection, members or stores become what the settings say.</summary>
    Change,

    Rename,

    /// <summary>A public image becomes a community image.</summary>
    MakeCommunity,

    Hide,
    Deactivate,
    Delete,
}

[JsonConverter(typeof(WordConverter<ActionResult>))]
public enum ActionResult
{
    Done,

    /// <summary>A dry run: it would have been done.</summary>
    Planned,

    /// <summary>Glance refused to delete it, so it was hidden; the next run tries again.</summary>
    HiddenInstead,

    /// <summary>More was to be deleted than one run may; the next run goes on.</summary>
    Postponed,

    /// <summary>Glance refused, or users would have been left with nothing.</summary>
    Refused,

    /// <summary>It was to be left as it is.</summary>
    Left,
}

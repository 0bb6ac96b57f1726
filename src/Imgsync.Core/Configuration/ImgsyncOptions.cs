using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Imgsync.Core.Configuration;

/// <summary>Everything an operator can set, below <c>Imgsync</c> in app settings and at the top of <c>imgsync.json</c>.</summary>
public sealed record ImgsyncOptions
{
    [Description("Distributions to keep current, by their catalogue keys.")]
    public IReadOnlyList<string> Distributions { get; init; } = [];

    [Description("A catalogue file of your own; its entries are added to the built-in ones or replace them.")]
    public string? Catalog { get; init; }

    [Description("Publishers' trees read from another place, such as a mirror of yours: publisher name to base URL.")]
    public IReadOnlyDictionary<string, Uri> Publishers { get; init; } = new Dictionary<string, Uri>(StringComparer.Ordinal);

    [Description("How many images are worked on at once.")]
    [Range(1, 64)]
    public int MaxParallel { get; init; } = 4;

    [Description("How an image travels: single-pass sends it to staging and to Glance while it is downloaded, staged-first makes it safe in staging before Glance sees a byte.")]
    public Pipeline Pipeline { get; init; } = Pipeline.SinglePass;

    [Description("What single distributions have different, by their catalogue keys.")]
    public IReadOnlyDictionary<string, DistributionOverrides> Overrides { get; init; } =
        new Dictionary<string, DistributionOverrides>(StringComparer.OrdinalIgnoreCase);

    public PublishOptions Publish { get; init; } = new();

    public PruneOptions Prune { get; init; } = new();

    public StagingOptions Staging { get; init; } = new();

    public UpstreamOptions Upstream { get; init; } = new();

    public SignatureOptions Signatures { get; init; } = new();

    public WorkflowOptions Workflow { get; init; } = new();

    public LogOptions Log { get; init; } = new();

    [Description("The clouds to sync to.")]
    public IReadOnlyList<CloudOptions> Clouds { get; init; } = [];
}

using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Imgsync.Core.Configuration;

/// <summary>Everything an operator can set, below <c>Imgsync</c> in app settings and at the top of <c>imgsync.json</c>.</summary>
public sealed record ImgsyncOptions
{
    [Description(
        "Distributions to keep current: catalogue keys, patterns (debian*), families (family:rocky), and what to leave out (-arm64).")]
    public IReadOnlyList<string> Distributions { get; init; } = [];

    [Description("A catalogue file of your own; its entries are added to the built-in ones or replace them.")]
    public string? Catalog { get; init; }

    [Description("Publishers' trees read from another place, such as a mirror of yours: publisher name to base URL.")]
    public IReadOnlyDictionary<string, Uri> Publishers { get; init; } = new Dictionary<string, Uri>(StringComparer.Ordinal);

    [Description(
        "How many images are worked on at once. One publisher's never have all of these places while another's are to be done.")]
    [Range(1, 64)]
    public int MaxParallel { get; init; } = 4;

    [Description(
        "How an image travels: single-pass sends it to staging and to Glance while it is downloaded, staged-first makes it safe in staging "
            + "before Glance sees a byte.")]
    public Pipeline Pipeline { get; init; } = Pipeline.SinglePass;

    [Description("Overrides for single distributions, by their catalogue keys.")]
    public IReadOnlyDictionary<string, DistributionOverrides> Overrides { get; init; } =
        new Dictionary<string, DistributionOverrides>(StringComparer.OrdinalIgnoreCase);

    public PublishOptions Publish { get; init; } = new();

    public PruneOptions Prune { get; init; } = new();

    public StagingOptions Staging { get; init; } = new();

    public UpstreamOptions Upstream { get; init; } = new();

    public SignatureOptions Signatures { get; init; } = new();

    public WorkflowOptions Workflow { get; init; } = new();

    public LogOptions Log { get; init; } = new();

    public ServeOptions Serve { get; init; } = new();

    [Description("Who is told when something fails, works again, is published or is refused.")]
    public IReadOnlyList<NotifyOptions> Notify { get; init; } = [];

    [Description("The clouds to sync to.")]
    public IReadOnlyList<CloudOptions> Clouds { get; init; } = [];

    /// <summary>Everything that some cloud keeps current, each once, in the order in which the settings name it.</summary>
    public IReadOnlyList<string> AllDistributions() =>
        [.. Distributions.Concat(Clouds.SelectMany(cloud => cloud.Distributions ?? [])).Distinct(StringComparer.Ordinal)];

    /// <summary>What a cloud keeps current: its own list, or else the general one.</summary>
    public IReadOnlyList<string> DistributionsOf(CloudOptions cloud) => cloud.Distributions ?? Distributions;

    /// <summary>How a distribution's images look in a cloud: the general settings, over them
    /// the cloud's, over them the distribution's.</summary>
    /// <param name="visibility">What the catalogue says, which only the distribution's own settings change; null for nothing.</param>
    public PublishOptions PublishFor(CloudOptions cloud, string distribution, ImageVisibility? visibility = null)
    {
        var inCloud = cloud.Publish.ApplyTo(Publish with { Prune = Prune });
        inCloud = inCloud with { Visibility = visibility ?? inCloud.Visibility };
        return Overrides.TryGetValue(distribution, out var own) ? own.Publish.ApplyTo(inCloud) : inCloud;
    }
}

/// <summary>Which way an image's bytes take that nobody has staged yet. Either way nothing is visible before it is verified.</summary>
[JsonConverter(typeof(WordConverter<Pipeline>))]
public enum Pipeline
{
    /// <summary>Upstream to staging and Glance at the same time. When an activity's time does
    /// not suffice, the next one goes staged first.</summary>
    SinglePass,

    /// <summary>Upstream to staging, then staging to Glance: right where Glance drops slow uploads, or a publisher is very slow.</summary>
    StagedFirst,
}

/// <summary>How the hosted workflow spends its time.</summary>
public sealed record WorkflowOptions
{
    [Description("How long one activity works before it leaves a checkpoint and is called again.")]
    public TimeSpan ActivityBudget { get; init; } = TimeSpan.FromMinutes(8);

    [Description("How often an activity is tried when it fails in a way that may pass.")]
    [Range(1, 20)]
    public int Attempts { get; init; } = 3;

    [Description("The wait before the second try; it doubles from then on.")]
    public TimeSpan FirstRetryAfter { get; init; } = TimeSpan.FromSeconds(30);
}

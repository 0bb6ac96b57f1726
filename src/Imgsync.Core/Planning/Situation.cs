using Imgsync.Core.Catalog;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Planning;

/// <summary>All that is decided by for one distribution in one cloud.</summary>
public sealed record Situation
{
    public required DistributionSpec Distribution { get; init; }

    /// <summary>What the publisher offers now.</summary>
    public required ResolvedImage Offer { get; init; }

    /// <summary>The images of our project, hidden ones included.</summary>
    public required ImageListing Images { get; init; }

    /// <summary>Who asks: another run's unfinished image may be somebody's work.</summary>
    public required RunMark Run { get; init; }

    /// <summary>By the cloud's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The whole catalogue: an image of the older tool belongs to the one distribution that its name can only mean.</summary>
    public required IReadOnlyCollection<DistributionSpec> Catalogue { get; init; }

    /// <summary>Publishes again what is there.</summary>
    public bool Force { get; init; }
}

/// <summary>What is to be done about an offer.</summary>
public sealed record Decision
{
    /// <summary>Why nothing is to be done at all; null when the offer may be followed.</summary>
    public string? Refusal { get; init; }

    /// <summary>What is worth a look though the offer is followed; null for nothing.</summary>
    public string? Warning { get; init; }

    /// <summary>The image that is this offer already.</summary>
    public GlanceImage? Current { get; init; }

    /// <summary>Whether an image is to be published.</summary>
    public bool Publishes { get; init; }

    /// <summary>The images that a forced publication replaces, by their ids.</summary>
    public IReadOnlyList<string> Replaces { get; init; } = [];

    /// <summary>What dead runs left half made of this distribution; it goes first.</summary>
    public IReadOnlyList<GlanceImage> Leftovers { get; init; } = [];

    /// <summary>Whether the current image is the offer by its own marks, and nothing half made is beside
    /// it: what was remembered of the publisher suffices.</summary>
    public bool IsPlain { get; init; }
}

using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Publishing.Forms;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Planning;

/// <summary>All that is decided by for one distribution in one cloud.</summary>
public sealed record Situation
{
    public required DistributionSpec Distribution { get; init; }

    /// <summary>What the publisher offers now, by the file that this cloud is to have.</summary>
    public required ResolvedImage Offer { get; init; }

    /// <summary>In which disk format it is to be there; null for as it is published.</summary>
    public ImageForm? Form { get; init; }

    /// <summary>The images of our project, hidden ones included.</summary>
    public required ImageListing Images { get; init; }

    /// <summary>How images are to look in this cloud.</summary>
    public required PublishOptions Publish { get; init; }

    /// <summary>Who asks: another run's unfinished image may be somebody's work.</summary>
    public required RunMark Run { get; init; }

    /// <summary>By the cloud's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The whole catalogue: an image of the older tool belongs to the one distribution that its name can only mean.</summary>
    public required IReadOnlyCollection<DistributionSpec> Catalogue { get; init; }

    /// <summary>The members of an image whose members have to be known (<see cref="Planner.Current"/>).</summary>
    public IReadOnlyList<ImageMember> Members { get; init; } = [];

    /// <summary>Publishes again what is there.</summary>
    public bool Force { get; init; }
}

using Imgsync.Core.Catalog;
using Imgsync.Core.Content;

namespace Imgsync.Core.Adding;

/// <summary>The image that is to have an entry, and what somebody knows about it better than its name tells. Null is for "find it
/// out".</summary>
public sealed record AddRequest
{
    /// <summary>An http, https or file URL, without a query.</summary>
    public required Uri Image { get; init; }

    public string? Key { get; init; }

    public string? Title { get; init; }

    public Architecture? Architecture { get; init; }

    /// <summary>The user that cloud-init prepares.</summary>
    public string? Login { get; init; }

    /// <summary>In GiB.</summary>
    public int? MinDisk { get; init; }

    public Digest? Digest { get; init; }

    /// <summary>Reads the whole image once and trusts what came.</summary>
    public bool Pin { get; init; }

    /// <summary>Fingerprints that somebody has compared with the publisher's page.</summary>
    public IReadOnlyList<string> Trust { get; init; } = [];
}

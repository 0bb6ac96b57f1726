namespace Imgsync.Core.Glance.Api;

/// <summary>An image record as Glance shows it (Image API v2, "Show image").</summary>
public sealed record GlanceImage
{
    public required string Id { get; init; }

    public string Name { get; init; } = "";

    /// <summary><c>queued</c>, <c>saving</c>, <c>uploading</c>, <c>importing</c>, <c>active</c>,
    /// <c>deactivated</c>, <c>killed</c>, <c>deleted</c>, <c>pending_delete</c>.</summary>
    public required string Status { get; init; }

    public string Visibility { get; init; } = "";

    /// <summary><c>qcow2</c>, <c>raw</c>; null where Glance does not say.</summary>
    public string? DiskFormat { get; init; }

    /// <summary>In bytes, null until the upload is complete.</summary>
    public long? Size { get; init; }

    public string? OsHashAlgo { get; init; }

    /// <summary>Lower-case hex, null until the upload is complete.</summary>
    public string? OsHashValue { get; init; }

    /// <summary>The id of the project that owns the image.</summary>
    public string? Owner { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public bool OsHidden { get; init; }

    public bool Protected { get; init; }

    public int MinDisk { get; init; }

    public int MinRam { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Where the content is kept, by the stores' names; empty where Glance has but one store.</summary>
    public IReadOnlyList<string> Stores { get; init; } = [];

    /// <summary>Stores that Glance is copying the content to.</summary>
    public IReadOnlyList<string> ImportingToStores { get; init; } = [];

    /// <summary>The id of the import that has the image to itself; null for none, and where Glance does not tell.</summary>
    public string? ImportTask { get; init; }

    /// <summary>Stores that did not take the content when Glance put it there by itself.</summary>
    public IReadOnlyList<string> FailedStores { get; init; } = [];

    /// <summary>Custom properties, everything that is not an attribute of the API's own.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

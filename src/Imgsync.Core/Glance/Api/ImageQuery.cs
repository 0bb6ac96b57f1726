using System.Globalization;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Glance.Api;

/// <summary>Which images to list (Image API v2, "List images"); everything that is set must hold.</summary>
public sealed record ImageQuery
{
    public string? Name { get; init; }

    /// <summary>Any of these; empty for all.</summary>
    public IReadOnlyList<string> Statuses { get; init; } = [];

    /// <summary>Custom properties by their exact values.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Null for Glance's own choice: the project's images, public ones, and those shared with it and accepted.</summary>
    public ImageVisibility? Visibility { get; init; }

    /// <summary>Hidden images, or those that are not. Glance has no value for both: list twice.</summary>
    public bool OsHidden { get; init; }

    /// <summary>The project that owns the image, by its id.</summary>
    public string? Owner { get; init; }

    /// <summary>A record takes some two and a half thousand bytes, and an answer is held as a whole, more than once.</summary>
    public int PageSize { get; init; } = 100;

    internal string ToQueryString()
    {
        var filters = new List<(string Name, string Value)>
        {
            ("limit", PageSize.ToString(CultureInfo.InvariantCulture)),
            ("os_hidden", OsHidden ? "true" : "false"),
        };
        if (Name is not null)
            filters.Add(("name", $"eq:{Name}"));
        if (Statuses.Count > 0)
            filters.Add(("status", $"in:{string.Join(',', Statuses)}"));
        if (Visibility is { } visibility)
            filters.Add(("visibility", visibility.InGlance()));
        if (Owner is not null)
            filters.Add(("owner", Owner));
        filters.AddRange(Properties.Select(p => (p.Key, p.Value)));
        return "?" + string.Join('&', filters.Select(f => $"{Uri.EscapeDataString(f.Name)}={Uri.EscapeDataString(f.Value)}"));
    }
}

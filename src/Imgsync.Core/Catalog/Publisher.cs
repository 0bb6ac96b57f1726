using System.Text.Json.Serialization;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Catalog;

/// <summary>Who makes images, where they are published and how they are signed.</summary>
public sealed record Publisher
{
    /// <summary>What the catalogue and the settings call it.</summary>
    [JsonIgnore]
    public string Name { get; init; } = "";

    /// <summary>The publisher's own tree, ending in a slash.</summary>
    public required Uri OfficialUrl { get; init; }

    /// <summary>Where we read that tree from: <see cref="OfficialUrl"/> or a mirror of the operator's.</summary>
    public required Uri BaseUrl { get; init; }

    /// <summary>The authorities (PEM) that may vouch for the server of <see cref="BaseUrl"/>, beside the system's; null for those of
    /// <see cref="UpstreamOptions.CaFile"/>.</summary>
    [JsonIgnore]
    public string? CaFile { get; init; }

    /// <summary>The index format, one of <see cref="IndexFormats"/>.</summary>
    public required string Index { get; init; }

    public SignaturePolicy Signature { get; init; }

    /// <summary>Full fingerprints, upper-case hex, of the keys that may sign.</summary>
    public IReadOnlyList<string> SignedBy { get; init; } = [];

    /// <summary>How long after the day in a revision its list may have been signed; null for any time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? SignedWithin { get; init; }

    /// <summary>How its images are found and proven; null where the index format knows.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Pieces? Pieces { get; init; }

    /// <summary>How it spells architectures in paths, where not as in names.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<Architecture, string>? ArchitectureDirectories { get; init; }

    /// <summary>How it spells architectures in names, where not as <see cref="Architectures.InFileNames"/> does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<Architecture, string>? ArchitectureNames { get; init; }

    /// <summary>A name with the architecture in it.</summary>
    public string Fill(string template, Architecture architecture) =>
        template.Replace(NameTemplate.Architecture, NameOf(architecture), StringComparison.Ordinal);

    /// <summary>A directory with the architecture in it.</summary>
    public string FillPath(string template, Architecture architecture) => template.Replace(
        NameTemplate.Architecture,
        ArchitectureDirectories?.GetValueOrDefault(architecture) ?? NameOf(architecture),
        StringComparison.Ordinal);

    private string NameOf(Architecture architecture) =>
        ArchitectureNames?.GetValueOrDefault(architecture) ?? architecture.InFileNames();
}

/// <summary>The values that a publisher's <c>index</c> may have in the catalogue, one for
/// each implementation of <c>IImageIndex</c>.</summary>
public static class IndexFormats
{
    public const string Debian = "debian";
    public const string Ubuntu = "ubuntu";

    /// <summary>Made of the pieces that the catalogue names.</summary>
    public const string Pieces = "pieces";

    public static IReadOnlyList<string> All { get; } = [Debian, Ubuntu, Pieces];
}

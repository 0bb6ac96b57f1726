using System.Text.Json;
using System.Text.Json.Serialization;

namespace Imgsync.Core.Catalog;

/// <summary>A distribution as it stands in a catalogue file: one for all its architectures.</summary>
internal sealed record DistributionEntry
{
    public string? Publisher { get; init; }

    public string? Title { get; init; }

    public string? Path { get; init; }

    public string? Image { get; init; }

    public IReadOnlyList<string?>? Architectures { get; init; }

    public string? DiskFormat { get; init; }

    public string? OsDistro { get; init; }

    public string? OsVersion { get; init; }

    public string? AdminUser { get; init; }

    public int? MinRam { get; init; }

    public IReadOnlyDictionary<string, string>? Properties { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; init; }

    /// <summary>This entry with the fields that the other one sets.</summary>
    public DistributionEntry Under(DistributionEntry? over) => over is null ? this : new()
    {
        Publisher = over.Publisher ?? Publisher,
        Title = over.Title ?? Title,
        Path = over.Path ?? Path,
        Image = over.Image ?? Image,
        Architectures = over.Architectures ?? Architectures,
        DiskFormat = over.DiskFormat ?? DiskFormat,
        OsDistro = over.OsDistro ?? OsDistro,
        OsVersion = over.OsVersion ?? OsVersion,
        AdminUser = over.AdminUser ?? AdminUser,
        MinRam = over.MinRam ?? MinRam,
        Properties = over.Properties ?? Properties,
        Unknown = over.Unknown,
    };
}

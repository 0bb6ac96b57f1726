using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Glance.Api;

/// <summary>An image record to be made (Image API v2, "Create image").</summary>
public sealed record NewImage
{
    /// <summary>Chosen by us, so that a create whose answer got lost can be repeated without making a second image.</summary>
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string DiskFormat { get; init; }

    public string ContainerFormat { get; init; } = "bare";

    /// <summary>Private until its content is verified, unless said otherwise.</summary>
    public ImageVisibility Visibility { get; init; } = ImageVisibility.Private;

    /// <summary>In GiB.</summary>
    public int MinDisk { get; init; }

    /// <summary>In MiB.</summary>
    public int MinRam { get; init; }

    public bool Protected { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    internal string ToJson()
    {
        var image = new JsonObject();
        foreach (var (name, value) in Properties)
            image[name] = value;

        image["id"] = Id.ToString();
        image["name"] = Name;
        image["disk_format"] = DiskFormat;
        image["container_format"] = ContainerFormat;
        image["visibility"] = Visibility.InGlance();
        image["min_disk"] = MinDisk;
        image["min_ram"] = MinRam;
        image["protected"] = Protected;
        image["tags"] = new JsonArray([.. Tags.Select(tag => (JsonNode)tag)]);
        return image.ToJsonString();
    }
}

using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Imgsync.Core.Configuration;

/// <summary>How images look in Glance once they are published.</summary>
public sealed record PublishOptions
{
    [Description("Put before every image name.")]
    public string Prefix { get; init; } = "";

    [Description("Image names: {prefix}, {title}, {revision}, {distribution}, {architecture}, {date} are filled in.")]
    public string NameTemplate { get; init; } = "{prefix}{title} [{revision}]";

    [Description("Who may see an image once it is verified.")]
    public ImageVisibility Visibility { get; init; } = ImageVisibility.Public;

    [Description("Further image properties, key=value.")]
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    [Description("How many images of a distribution stay, the newest among them.")]
    [Range(1, int.MaxValue)]
    public int Keep { get; init; } = 2;
}

/// <summary>Glance's image visibilities (Image API v2).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ImageVisibility>))]
public enum ImageVisibility
{
    Public,
    Community,
    Shared,
    Private,
}

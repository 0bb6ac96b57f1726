namespace Imgsync.Core.Catalog;

/// <summary>The values that a publisher's <c>index</c> may have in the catalogue, one for
/// each implementation of <c>IImageIndex</c>.</summary>
public static class IndexFormats
{
    public const string Debian = "debian";
    public const string Ubuntu = "ubuntu";

    public static IReadOnlyList<string> All { get; } = [Debian, Ubuntu];
}

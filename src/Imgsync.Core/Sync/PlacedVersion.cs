namespace Imgsync.Core.Sync;

/// <summary>
/// A version of an upstream file together with the server it came from: what one mirror began, another must not go on with, or
/// a bad one could spoil them all.
/// </summary>
internal static class PlacedVersion
{
    public static string? Of(Uri location, string? version) => version is null ? null : Prefix(location) + version;

    /// <summary>The version to resume against at this place; null when what is kept came from elsewhere.</summary>
    public static string? At(Uri location, string? placed) =>
        placed?.StartsWith(Prefix(location), StringComparison.Ordinal) == true ? placed[Prefix(location).Length..] : null;

    private static string Prefix(Uri location) => location.GetLeftPart(UriPartial.Authority) + " ";
}

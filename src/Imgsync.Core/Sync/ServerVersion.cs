namespace Imgsync.Core.Sync;

/// <summary>A version of an upstream file together with the server it came from: no server can be asked whether it has the one that
/// another named.</summary>
internal static class ServerVersion
{
    public static string? Of(Uri location, string? version) => version is null ? null : Prefix(location) + version;

    /// <summary>The version to resume against at this server; null when what is kept came from another.</summary>
    public static string? At(Uri location, string? kept) =>
        kept?.StartsWith(Prefix(location), StringComparison.Ordinal) == true ? kept[Prefix(location).Length..] : null;

    private static string Prefix(Uri location) => location.GetLeftPart(UriPartial.Authority) + " ";
}

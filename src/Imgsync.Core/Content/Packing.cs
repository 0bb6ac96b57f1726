using System.Text.Json.Serialization;

namespace Imgsync.Core.Content;

/// <summary>What a publisher has put around a disk image.</summary>
[JsonConverter(typeof(PackingConverter))]
public enum Packing
{
    None,
    Gz,
    Bz2,
    Xz,
    Zst,
    Tar,
    TarGz,
    TarBz2,
    TarXz,
    TarZst,
}

/// <summary>In JSON as in catalogues: <c>tar.xz</c>.</summary>
public sealed class PackingConverter() : WordConverter<Packing>(packing => packing.Name());

public static class Packings
{
    /// <summary>As catalogues write it, which is how such files' names end: <c>tar.xz</c>.</summary>
    public static IReadOnlyDictionary<string, Packing> ByName { get; } =
        Enum.GetValues<Packing>().ToDictionary(Name, StringComparer.OrdinalIgnoreCase);

    private static readonly IReadOnlyList<KeyValuePair<string, Packing>> LongestFirst =
        [.. ByName.Where(known => known.Value is not Packing.None).OrderByDescending(known => known.Key.Length)];

    /// <summary>What a file's name says.</summary>
    public static Packing OfFile(string name) => LongestFirst
        .FirstOrDefault(known => name.EndsWith($".{known.Key}", StringComparison.OrdinalIgnoreCase)).Value;

    public static string Name(this Packing packing) =>
        packing.IsTar() && packing is not Packing.Tar
            ? $"tar.{packing.Compression().Name()}"
            : packing.ToString().ToLowerInvariant();

    public static bool IsTar(this Packing packing) => packing >= Packing.Tar;

    /// <summary>What is around the archive; <see cref="Packing.None"/> where nothing is.</summary>
    public static Packing Compression(this Packing packing) => packing.IsTar() ? (Packing)(packing - Packing.Tar) : packing;
}

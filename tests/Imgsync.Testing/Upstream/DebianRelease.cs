namespace Imgsync.Testing.Upstream;

/// <summary>One of Debian's suites and the words its paths are made of.</summary>
/// <param name="Number">As it stands in file names: <c>12</c>, or <c>sid</c>.</param>
public sealed record DebianRelease(string Codename, string Number, bool Daily = false)
{
    public static DebianRelease Bullseye { get; } = new("bullseye", "11");

    public static DebianRelease Bookworm { get; } = new("bookworm", "12");

    public static DebianRelease Trixie { get; } = new("trixie", "13");

    public static DebianRelease Forky { get; } = new("forky", "14", Daily: true);

    public static DebianRelease Sid { get; } = new("sid", "sid", Daily: true);

    /// <summary>What its images are made for: <c>genericcloud</c>, <c>generic</c>.</summary>
    public string Vendor { get; init; } = "genericcloud";

    /// <summary>Where its dated directories lie: <c>bookworm</c>, <c>sid/daily</c>.</summary>
    internal string Path => Daily ? $"{Codename}/daily" : Codename;

    /// <summary>A file's name without stamp and extension.</summary>
    internal string Stem(string architecture) => $"debian-{Number}-{Vendor}-{architecture}{(Daily ? "-daily" : "")}";
}

using System.Text;
using System.Text.RegularExpressions;
using Imgsync.Core.Content;

namespace Imgsync.Core.Upstream.Indexes;

/// <summary>
/// Finds one file's digest in a publisher's list: GNU (<c>hex  name</c>, <c>hex *name</c>), BSD (<c>SHA256 (name) = hex</c>) or a
/// lone digest. Strict about the lines for our name, indifferent to all others: an odd line elsewhere is not our business.
/// </summary>
public static class ChecksumFile
{
    /// <summary>The largest real one has a few hundred KiB.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    public const int MaxLineBytes = 4 * 1024;

    /// <param name="location">Where the list came from, for messages.</param>
    /// <exception cref="UpstreamException">The list is out of bounds, contradicts itself or has no usable digest for this name.</exception>
    public static Digest Find(ReadOnlySpan<byte> list, string fileName, DigestAlgorithm algorithm, Uri location) =>
        TryFind(list, fileName, algorithm, location) ?? throw Refused(
        location, $"has no {algorithm.Label()} digest for {fileName}; the publisher may have renamed the image, or "
            + "the catalogue misspells it");

    /// <summary>The files that it names, each once.</summary>
    public static IReadOnlyList<string> Names(ReadOnlySpan<byte> list, Uri location)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in Lines(list, location))
        {
            if (ChecksumLine.TryParse(line)?.FileName is { } name)
                names.Add(name);
        }

        return [.. names];
    }

    /// <summary>As <see cref="Find"/>, and null when the name is not listed.</summary>
    public static Digest? TryFind(ReadOnlySpan<byte> list, string fileName, DigestAlgorithm algorithm, Uri location)
    {
        Digest? found = null;
        ChecksumLine? only = null;
        var entries = 0;
        foreach (var line in Lines(list, location))
        {
            if (ChecksumLine.TryParse(line) is not { } entry)
                continue;

            only = ++entries == 1 ? entry : null;
            if (entry.IsFor(fileName, algorithm))
                found = Agree(found, entry);
        }

        // A digest without a name says which file it is for only when it is all there is.
        return only is { FileName: null } ? Agree(found, only) : found;

        Digest Agree(Digest? before, ChecksumLine entry)
        {
            if (!Digest.TryFromHex(algorithm, entry.Hex, out var digest))
                throw Refused(
                    location, $"gives {fileName} a digest of {entry.Hex.Length} digits where {algorithm.Label()} has "
                        + $"{algorithm.ByteLength() * 2}");
            if (before is not null && before != digest)
                throw Refused(location, $"gives {fileName} two different digests, {before.Hex} and {digest.Hex}");
            return digest;
        }
    }

    private static List<string> Lines(ReadOnlySpan<byte> list, Uri location)
    {
        if (list.Length > MaxBytes)
            throw Refused(location, $"has more than {MaxBytes.InBytes()}, which no real one has");

        if (list.StartsWith(Encoding.UTF8.Preamble))
            list = list[Encoding.UTF8.Preamble.Length..];

        var lines = new List<string>();
        foreach (var range in list.Split((byte)'\n'))
        {
            var line = list[range];
            if (line.Length > MaxLineBytes)
                throw Refused(location, $"has a line of more than {MaxLineBytes.InBytes()}, which no real one has");
            lines.Add(Encoding.Latin1.GetString(line));
        }

        return lines;
    }

    private static UpstreamException Refused(Uri location, string fault) => new($"The checksum file {location.InMessages()} {fault}.");
}

/// <summary>One line of a checksum file that is an entry, in whichever of the usual forms.</summary>
/// <param name="Algorithm">As the line names it, which only the BSD form does.</param>
/// <param name="FileName">Null for a digest that stands alone.</param>
internal sealed partial record ChecksumLine(string? Algorithm, string Hex, string? FileName)
{
    /// <summary>The digits of digests that stand beside ours in one list, with nothing but their length to tell them apart: MD5, SHA-1,
    /// SHA-224, SHA-256, SHA-384, SHA-512.</summary>
    private static readonly int[] OtherLengths = [32, 40, 56, 64, 96, 128];

    /// <summary>Null for everything else: blank lines, comments, armour, and whatever a publisher may think of.</summary>
    public static ChecksumLine? TryParse(string line)
    {
        var text = line.Trim();
        if (text.StartsWith('#'))
            return null;

        var match = Bsd().Match(text);
        if (!match.Success)
            match = Gnu().Match(text);
        return match.Success ? new(Group(match, "algorithm"), match.Groups["hex"].Value, WithoutDot(Group(match, "name"))) : null;
    }

    /// <summary>The whole name counts, and so does the algorithm where the line names one.</summary>
    public bool IsFor(string fileName, DigestAlgorithm algorithm) =>
        string.Equals(FileName, fileName, StringComparison.Ordinal)
        && fileName.AsSpan().IndexOfAny('/', '\\') < 0
        && (Algorithm is null
            ? !OtherLengths.Contains(Hex.Length) || Hex.Length == algorithm.ByteLength() * 2
            : Algorithm.Replace("-", "", StringComparison.Ordinal).Equals(algorithm.Label(), StringComparison.OrdinalIgnoreCase));

    private static string? Group(Match match, string name) => match.Groups[name] is { Success: true } group ? group.Value : null;

    private static string? WithoutDot(string? name) => name?.StartsWith("./", StringComparison.Ordinal) == true ? name[2..] : name;

    [GeneratedRegex(@"\A(?<algorithm>[A-Za-z0-9-]+) ?\((?<name>.+)\) ?= ?(?<hex>[0-9A-Fa-f]+)\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Bsd();

    [GeneratedRegex(@"\A(?<hex>[0-9A-Fa-f]+)([ \t][ \t*]?(?<name>[^ \t*].*))?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Gnu();
}

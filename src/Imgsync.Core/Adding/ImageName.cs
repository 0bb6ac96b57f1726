using System.Globalization;
using System.Text.RegularExpressions;
using Imgsync.Core.Catalog;

namespace Imgsync.Core.Adding;

/// <summary>What the name of an image tells by itself: <c>AlmaLinux-9-GenericCloud-9.8-20260526.0.x86_64.qcow2</c>.</summary>
internal sealed partial class ImageName
{
    private const char Masked = '\uFFFD';

    /// <summary>Beside Glance's and our own.</summary>
    private static readonly Dictionary<string, Architecture> Spellings = new(StringComparer.Ordinal)
    {
        ["x86_64_v2"] = Catalog.Architecture.Amd64V2,
        ["x86-64"] = Catalog.Architecture.Amd64,
        ["x64"] = Catalog.Architecture.Amd64,
    };

    private readonly string _file;

    // The name with the architecture and the ending as letters of the same number, so that their digits are nobody's revision.
    private readonly string _masked;
    private readonly Match? _revision; // the last numbers

    public ImageName(string file)
    {
        _file = file;
        _masked = Ending().Replace(file, Mask);
        var ours = Enum.GetValues<Architecture>().SelectMany(one => new[] { (one.InFileNames(), one), (one.InGlance(), one) });
        foreach (var (spelt, architecture) in Spellings.Select(one => (one.Key, one.Value)).Concat(ours))
        {
            var place = new Regex($"(?<![A-Za-z0-9]){spelt}(?![A-Za-z0-9])", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));
            if (place.IsMatch(_masked))
            {
                (Architecture, _masked) = (architecture, place.Replace(_masked, Mask));
                break;
            }
        }

        _revision = Numbers().Matches(_masked).LastOrDefault();
    }

    /// <summary>Null where it does not say.</summary>
    public Architecture? Architecture { get; }

    /// <summary>The last numbers in it: <c>9.8-20260526.0</c>; null for none.</summary>
    public string? Revision => _revision?.Value;

    /// <summary>The first: <c>9</c>.</summary>
    public string? Version => Numbers().Match(_masked) is { Success: true } first ? first.Value.Split('-')[0] : null;

    /// <summary>Whether its last numbers look like a time or a version, and not like a release: <c>debian-12</c>.</summary>
    public bool IsStamped => Revision is { } numbers && (numbers.Contains('.', StringComparison.Ordinal)
        || numbers.Contains('-', StringComparison.Ordinal) || numbers.Length >= 6);

    /// <summary>The name with a placeholder for the revision.</summary>
    public string Template => $"{_file[.._revision!.Index]}{NameTemplate.Revision}{_file[(_revision.Index + _revision.Length)..]}";

    /// <summary>What its revisions look like, as a regular expression: as many numbers, and a day where this one has a day.</summary>
    public string Pattern => string.Join(
        '-', Revision!.Split('-').Select(part => (IsDay(part.Split('.')[0]) ? "[0-9]{8}" : "[0-9]+") + @"(\.[0-9]+)*"));

    /// <summary>What stands before the revision, in words: <c>AlmaLinux 9 GenericCloud</c>.</summary>
    public string Title
    {
        get
        {
            var before = IsStamped ? _masked[.._revision!.Index] : _masked;
            var words = Separators().Split(before.Replace(Masked.ToString(), "", StringComparison.Ordinal))
                .Where(word => word.Length > 0 && word is not ("v" or "V")).ToList();
            var title = words is [] ? _file.Split('.')[0] : string.Join(' ', words);
            return char.ToUpper(title[0], CultureInfo.InvariantCulture) + title[1..];
        }
    }

    /// <summary>The first word in it, in small letters; null for none.</summary>
    public string? FirstWord => Letters().Match(_masked) is { Success: true } word ? word.Value.ToLowerInvariant() : null;

    private static string Mask(Match match) => new(Masked, match.Length);

    private static bool IsDay(string digits) =>
        DateOnly.TryParseExact(digits, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    [GeneratedRegex(
        @"(\.(qcow2|img|raw|vmdk|vhdx?|vdi|iso|gz|bz2|xz|zst|tar))+\z", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Ending();

    // A v may stand before them, as in v1.4.3.
    [GeneratedRegex(
        @"(?<=(\A|[^A-Za-z0-9])[vV]?)(?<![0-9]\.)[0-9]+(\.[0-9]+)*(-[0-9]+(\.[0-9]+)*)*(?![A-Za-z0-9])",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"([-_]|(?<![0-9])\.|\.(?![0-9]))+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Separators();

    [GeneratedRegex("[A-Za-z]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Letters();
}

using System.Globalization;
using System.Text.RegularExpressions;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Catalog.Reading;

/// <summary>Turns one catalogue entry into one <see cref="DistributionSpec"/> for each of its architectures.</summary>
/// <remarks>Where a field is wrong, the fault is noted and something stands in for it: no
/// spec leaves the catalogue once there is a fault.</remarks>
internal sealed class DistributionReader(string key, EntryCheck check, IReadOnlyDictionary<string, Publisher> publishers)
{
    public const string PathShape = "a relative directory that ends in a slash, without \"..\"";

    public const string ImageShape = "a plain file name";

    public static readonly Dictionary<string, Architecture> KnownArchitectures =
        Enum.GetValues<Architecture>().ToDictionary(architecture => architecture.ToString(), StringComparer.OrdinalIgnoreCase);

    // Those of Glance's disk_formats that are one file with a disk in it.
    public static readonly IReadOnlyDictionary<string, string> DiskFormats =
        new[] { "qcow2", "raw", "vmdk", "vhd", "vhdx", "vdi", "iso" }.ToDictionary(format => format, StringComparer.Ordinal);

    public IReadOnlyList<DistributionSpec> Read(DistributionEntry entry)
    {
        check.OnlyKnown(entry.Unknown, EntryFields<DistributionEntry>.Names);
        if (!NamePatterns.Key().IsMatch(key))
            check.Fault(
                null, "is a key that cannot be used; it must consist of lower-case letters, digits, dots, hyphens and underscores.");
        if (entry.MinRam < 0)
            check.Fault("minRam", $"is {entry.MinRam}; it must be a number of MiB.");
        foreach (var (name, value) in entry.Properties ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            if (PropertyNames.Complaint(name, value) is { } complaint)
                check.Fault($"properties.{name}", $"{complaint}.");
        }

        var architectures = ReadArchitectures(entry);
        var common = ReadCommon(entry);
        CheckRevision(common);
        return [.. architectures.Select((architecture, place) => common with
        {
            // The first architecture has the bare key, which is the one that people's configurations name.
            Key = place == 0 ? key : $"{key}-{architecture.InFileNames()}",

            // Two images of one revision must not go by one name.
            Title = place == 0 ? common.Title : $"{common.Title} {architecture.InFileNames()}",
            Architecture = architecture,
            Path = common.Publisher.Fill(common.Path, architecture),
            ImageName = common.Publisher.Fill(common.ImageName, architecture),
        })];
    }

    private List<Architecture> ReadArchitectures(DistributionEntry entry)
    {
        var architectures = (entry.Architectures ?? [])
            .Select(name => check.OneOf("architectures", name, KnownArchitectures, Architecture.Amd64))
            .ToList();
        if (architectures.Count == 0)
            check.Fault("architectures", "is missing; the entry needs at least one.");
        if (architectures.Distinct().Count() < architectures.Count)
            check.Fault("architectures", "holds one twice.");
        if (architectures.Count > 1 && !$"{entry.Path}{entry.Image}".Contains(Pieces.Architecture, StringComparison.Ordinal))
            check.Fault("image", $"is the same for every architecture; write {Pieces.Architecture} where its name stands.");
        return architectures;
    }

    private void CheckRevision(DistributionSpec spec)
    {
        var isFound = $"{spec.Path}{spec.ImageName}".Contains(Pieces.Revision, StringComparison.Ordinal);
        if (spec.Publisher.Pieces is null && (isFound || spec.RevisionPattern is not null))
            check.Fault(isFound ? "image" : "revision", $"names the revision, which only the index {IndexFormats.Pieces} looks for.");
        else if (spec.Publisher.Pieces is not null && !isFound)
            check.Fault("image", $"does not say where the revision stands; write {Pieces.Revision} there, or in path.");

        try
        {
            _ = new Regex(spec.RevisionPattern ?? "", RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1));
        }
        catch (Exception wrong) when (wrong is ArgumentException or NotSupportedException)
        {
            check.Fault("revision", $"is \"{spec.RevisionPattern}\", which is no regular expression ({wrong.Message.TrimEnd('.')}).");
        }
    }

    private DistributionSpec ReadCommon(DistributionEntry entry) => new()
    {
        Key = key,
        Title = check.Required("title", entry.Title),
        Publisher = ReadPublisher(entry),
        Path = ReadPattern("path", entry.Path, NamePatterns.Directory(), PathShape),
        ImageName = ReadPattern("image", entry.Image, NamePatterns.FileName(), ImageShape),
        Architecture = default,
        RevisionPattern = entry.Revision,
        DiskFormat = entry.DiskFormat is null ? "qcow2" : check.OneOf("diskFormat", entry.DiskFormat, DiskFormats, "qcow2"),
        OsDistro = check.Required("osDistro", entry.OsDistro),
        OsVersion = check.Required("osVersion", entry.OsVersion),
        AdminUser = check.Required("adminUser", entry.AdminUser),
        MinRam = entry.MinRam ?? 0,
        MaxAge = check.Age("maxAge", entry.MaxAge),
        Purpose = check.Scs("purpose", "os_purpose", entry.Purpose),
        Description = check.Scs("description", "image_description", entry.Description),
        ReplaceFrequency = check.Scs("replaceFrequency", "replace_frequency", entry.ReplaceFrequency),
        EndOfSupport = ReadDay(check.Scs("endOfSupport", "maintained_until", entry.EndOfSupport)),
        Properties = entry.Properties ?? new Dictionary<string, string>(StringComparer.Ordinal),
    };

    private static DateOnly? ReadDay(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private Publisher ReadPublisher(DistributionEntry entry)
    {
        var name = check.Required("publisher", entry.Publisher);
        if (publishers.TryGetValue(name, out var publisher))
            return publisher;
        if (name.Length > 0)
            check.Fault("publisher", $"is \"{name}\", which is no publisher of the catalogue{EntryCheck.Suggest(name, publishers.Keys)}");
        return CatalogReader.Nobody;
    }

    private string ReadPattern(string field, string? value, Regex shape, string description)
    {
        var text = check.Required(field, value);
        if (text.Length > 0 && !shape.IsMatch(
            Pieces.Filled(text, Pieces.Architecture, Pieces.Revision)))
            check.Fault(field, $"is \"{text}\"; it must be {description}.");
        return text;
    }
}

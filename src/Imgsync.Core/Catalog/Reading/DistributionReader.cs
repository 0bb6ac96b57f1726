using System.Globalization;
using System.Text.RegularExpressions;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;

namespace Imgsync.Core.Catalog.Reading;

/// <summary>Turns one catalogue entry into one <see cref="DistributionSpec"/> for each of its architectures.</summary>
/// <param name="publishers">By their names, with how they stand in the catalogue.</param>
/// <remarks>Where a field is wrong, the fault is noted and something stands in for it: no
/// spec leaves the catalogue once there is a fault.</remarks>
internal sealed class DistributionReader(
    string key, EntryCheck check, IReadOnlyDictionary<string, Publisher> publishers, IReadOnlyDictionary<string, PublisherEntry> entries)
{
    public const string PathShape = "a relative directory that ends in a slash, without \"..\"";

    public const string ImageShape = "a plain file name";

    public static readonly Dictionary<string, Architecture> KnownArchitectures =
        Enum.GetValues<Architecture>().ToDictionary(architecture => architecture.ToString(), StringComparer.OrdinalIgnoreCase);

    // Those of Glance's disk_formats that are one file with a disk in it.
    public static readonly IReadOnlyDictionary<string, string> DiskFormats =
        new[] { "qcow2", "raw", "vmdk", "vhd", "vhdx", "vdi", "iso" }.ToDictionary(format => format, StringComparer.Ordinal);

    private static readonly Dictionary<string, ImageVisibility> Visibilities =
        Enum.GetValues<ImageVisibility>().ToDictionary(visibility => visibility.ToString(), StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<DistributionSpec> Read(DistributionEntry entry)
    {
        check.OnlyKnown(entry.Unknown, EntryFields<DistributionEntry>.Names);
        if (!NamePatterns.Key().IsMatch(key))
            check.Fault(
                null, "is a key that cannot be used; it must consist of lower-case letters, digits, dots, hyphens and underscores.");
        CheckNumber("minRam", entry.MinRam, "MiB");
        CheckNumber("minDisk", entry.MinDisk, "GiB");
        CheckNumber("behind", entry.Behind, "releases");
        var properties = new ArchitectureProperties(entry, check);

        var architectures = ReadArchitectures(entry);
        var common = entry.Url is null ? ReadCommon(entry) : new OwnImage(key, check).Read(entry, ReadDescription(entry));
        PartRules.Check(common, check, "image");
        RawImageRule.Check(common, check, "rawImage");
        if (common.Pieces is { Newest: { } newest })
            new PieceReader(check).RequireWhole(newest);
        return [.. architectures.Select((architecture, place) => common with
        {
            // The first architecture has the bare key, which is the one that people's configurations name.
            Key = place == 0 ? key : $"{key}-{architecture.InFileNames()}",

            // Two images of one revision must not go by one name.
            Title = place == 0 ? common.Title : $"{common.Title} {architecture.InFileNames()}",
            Architecture = architecture,
            Path = common.Publisher.FillPath(common.Path, architecture),
            ImageName = common.Publisher.Fill(common.ImageName, architecture),
            RawImageName = common.RawImageName is { } raw ? common.Publisher.Fill(raw, architecture) : null,
            OtherNames = [.. common.OtherNames.Select(name => common.Publisher.Fill(name, architecture))],
            Properties = properties.Of(architecture),
        })];
    }

    private void CheckNumber(string field, int? value, string unit)
    {
        if (value < 0)
            check.Fault(field, $"is {value}; it must be a number of {unit}.");
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
        if (architectures.Count > 1 && !$"{entry.Path}{entry.Image}".Contains(NameTemplate.Architecture, StringComparison.Ordinal))
            check.Fault("image", $"is the same for every architecture; write {NameTemplate.Architecture} where its name stands.");
        return architectures;
    }

    private DistributionSpec ReadCommon(DistributionEntry entry)
    {
        var publisher = ReadPublisher(entry);
        var path = ReadPattern("path", entry.Path, NamePatterns.Directory(), PathShape);
        var image = ReadPattern("image", entry.Image, NamePatterns.FileName(), ImageShape);
        if (entry.Digest is not null)
            check.Fault("digest", "belongs to url, an image that stays what it is.");
        return ReadDescription(entry) with
        {
            Publisher = publisher,
            Pieces = ReadPieces(entry, publisher),
            Path = path,
            ImageName = image,
            RawImageName = RawImageRule.Named(entry.RawImage),
            OtherNames = [.. (entry.OtherNames ?? []).Select(name => ReadPattern("otherNames", name, NamePatterns.FileName(), ImageShape))],
            RevisionTemplate = entry.Revision ?? NameTemplate.Revision,
            Behind = Math.Max(entry.Behind ?? 0, 0),
            Parts = PartRules.Read(entry, check),
            Family = entry.Family ?? publisher.Name,
        };
    }

    private Pieces? ReadPieces(DistributionEntry entry, Publisher publisher)
    {
        if ((entry.Newest ?? entry.Digests ?? (object?)entry.SignatureFile) is null)
            return publisher.Pieces;
        var below = entries.GetValueOrDefault(publisher.Name);
        return new PieceReader(check).Read(
            publisher.Index, EntryFields<NewestEntry>.Lay(below?.Newest, entry.Newest), entry.Digests ?? below?.Digests,
            entry.SignatureFile ?? below?.SignatureFile, publisher.Signature);
    }

    private DistributionSpec ReadDescription(DistributionEntry entry) => new()
    {
        Key = key,
        Title = check.Required("title", entry.Title),
        Publisher = CatalogReader.Nobody,
        Path = "",
        ImageName = "",
        Architecture = default,
        DiskFormat = entry.DiskFormat is null ? "qcow2" : check.OneOf("diskFormat", entry.DiskFormat, DiskFormats, "qcow2"),
        OwnPacking = entry.Packing is null ? null : check.OneOf("packing", entry.Packing, Packings.ByName, Packing.None),
        OsDistro = check.Required("osDistro", entry.OsDistro),
        OsVersion = check.Required("osVersion", entry.OsVersion),
        AdminUser = check.Required("adminUser", entry.AdminUser),
        MinRam = entry.MinRam ?? 0,
        MinDisk = entry.MinDisk ?? 0,
        MaxAge = check.Age("maxAge", entry.MaxAge),
        Purpose = check.Scs("purpose", "os_purpose", entry.Purpose),
        Description = check.Scs("description", "image_description", entry.Description),
        ReplaceFrequency = check.Scs("replaceFrequency", "replace_frequency", entry.ReplaceFrequency),
        EndOfSupport = ReadDay(check.Scs("endOfSupport", "maintained_until", entry.EndOfSupport)),
        Unconfirmed = entry.Unconfirmed,
        Visibility = entry.Visibility is null
            ? null
            : check.OneOf("visibility", entry.Visibility, Visibilities, ImageVisibility.Private),
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
        if (text.Length > 0 && !shape.IsMatch(NameTemplate.Example(text)))
            check.Fault(field, $"is \"{text}\"; it must be {description}.");
        return text;
    }
}

/// <summary>Further properties of an entry's images, some of single architectures only.</summary>
internal sealed class ArchitectureProperties
{
    private readonly DistributionEntry _entry;
    private readonly Dictionary<Architecture, IReadOnlyDictionary<string, string>> _single = [];

    public ArchitectureProperties(DistributionEntry entry, EntryCheck check)
    {
        _entry = entry;
        Check(entry.Properties, "properties");
        foreach (var (word, properties) in entry.ArchitectureProperties
            ?? new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal))
        {
            _single[check.OneOf("architectureProperties", word, DistributionReader.KnownArchitectures, Architecture.Amd64)] = properties;
            Check(properties, $"architectureProperties.{word}");
        }

        void Check(IReadOnlyDictionary<string, string>? properties, string field)
        {
            foreach (var (name, value) in properties ?? new Dictionary<string, string>(StringComparer.Ordinal))
            {
                if (PropertyNames.Complaint(name, value) is { } complaint)
                    check.Fault($"{field}.{name}", $"{complaint}.");
            }
        }
    }

    public Dictionary<string, string> Of(Architecture architecture)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var properties in new[] { _entry.Properties, _single.GetValueOrDefault(architecture) })
        {
            foreach (var (name, value) in properties ?? all)
                all[name] = value;
        }

        return all;
    }
}

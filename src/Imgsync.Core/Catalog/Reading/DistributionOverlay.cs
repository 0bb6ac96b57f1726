using Imgsync.Core.Configuration;

namespace Imgsync.Core.Catalog.Reading;

/// <summary>Lays what the settings say about single distributions over the catalogue, held to the catalogue's own rules.</summary>
/// <param name="settings">By the distributions' keys, in any case: environment variables come in capitals.</param>
/// <param name="label">How a key of the settings is called where it was set.</param>
internal sealed class DistributionOverlay(
    IReadOnlyDictionary<string, DistributionOverrides> settings,
    IReadOnlyDictionary<string, Publisher> publishers,
    List<string> faults,
    Func<string, string> label)
{
    public IReadOnlyList<DistributionSpec> Apply(IReadOnlyList<DistributionSpec> distributions)
    {
        foreach (var key in settings.Keys.Where(
            key => !distributions.Any(spec => spec.Key.Equals(key, StringComparison.OrdinalIgnoreCase))))
            faults.Add(
                $"{label($"overrides:{key}")} is about no distribution of the "
                    + $"catalogue{EntryCheck.Suggest(key, distributions.Select(spec => spec.Key))}");

        var byKey = new Dictionary<string, DistributionOverrides>(settings, StringComparer.OrdinalIgnoreCase);
        return [.. distributions.Select(spec => byKey.TryGetValue(spec.Key, out var own) ? Apply(own, spec) : spec)];
    }

    private DistributionSpec Apply(DistributionOverrides own, DistributionSpec distribution)
    {
        var check = new EntryCheck("settings", $"overrides.{distribution.Key}", faults);
        var changed = Lay(own, distribution, ReadPublisher(own, distribution, check)) with { Mirrors = ReadMirrors(own, check) };

        if (changed.PinnedDigest is null && !NamePatterns.Directory().IsMatch(NameTemplate.Example(changed.Path)))
            check.Fault("path", $"is \"{changed.Path}\"; it must be {DistributionReader.PathShape}.");
        if (!NamePatterns.FileName().IsMatch(NameTemplate.Example(changed.ImageName)))
            check.Fault("imageName", $"is \"{changed.ImageName}\"; it must be {DistributionReader.ImageShape}.");
        if (own.Revision is not null && distribution.PinnedDigest is not null)
            check.Fault("revision", "is fixed by the entry, which is one image with its digest; add an entry for another.");
        else if (own.Revision is not null && !NamePatterns.Revision().IsMatch(own.Revision))
            check.Fault("revision", $"is \"{own.Revision}\"; it must be a revision of the publisher's, such as imgsync images shows.");
        PartRules.Check(changed, check, "imageName");
        RawImageRule.Check(changed, check, "rawImageName");
        if (changed.Publisher is { Signature: not SignaturePolicy.None, SignedBy: [] })
            check.Fault(
                "signature", $"is {changed.Publisher.Signature.ToString().ToLowerInvariant()}, and the publisher has no signing key to "
                    + "hold a signature to; give it signedBy in your catalogue file.");
        check.OneOf("diskFormat", changed.DiskFormat, DistributionReader.DiskFormats, changed.DiskFormat);
        return changed;
    }

    /// <summary>The mirrors and another publisher have to be looked up in the catalogue first.</summary>
    internal static DistributionSpec Lay(DistributionOverrides own, DistributionSpec distribution, Publisher publisher) => distribution with
    {
        Title = own.Title ?? distribution.Title,
        Path = own.Path ?? distribution.Path,
        ImageName = own.ImageName ?? distribution.ImageName,
        RawImageName = RawImageRule.Lay(own, distribution),
        DiskFormat = own.DiskFormat ?? distribution.DiskFormat,
        OsDistro = own.OsDistro ?? distribution.OsDistro,
        OsVersion = own.OsVersion ?? distribution.OsVersion,
        AdminUser = own.AdminUser ?? distribution.AdminUser,
        MinRam = own.MinRam ?? distribution.MinRam,
        MirrorsCaFile = own.CaFile,
        PinnedRevision = own.Revision ?? distribution.PinnedRevision,
        Hold = own.Hold,

        // Whoever wants one revision wants it before a newer one.
        AllowRollback = own.AllowRollback ?? own.Revision,
        MaxAge = own.MaxAge is { } maxAge ? (maxAge > TimeSpan.Zero ? maxAge : null) : distribution.MaxAge,
        Publisher = publisher with { Signature = own.Signature ?? publisher.Signature },
        Pieces = own.Publisher is null ? distribution.Pieces : publisher.Pieces,
    };

    private Publisher ReadPublisher(DistributionOverrides own, DistributionSpec distribution, EntryCheck check)
    {
        if (own.Publisher is null)
            return distribution.Publisher;
        if (publishers.TryGetValue(own.Publisher, out var other))
            return other;
        check.Fault(
            "publisher", $"is \"{own.Publisher}\", which is no publisher of the "
                + $"catalogue{EntryCheck.Suggest(own.Publisher, publishers.Keys)}");
        return distribution.Publisher;
    }

    private static IReadOnlyList<Uri> ReadMirrors(DistributionOverrides own, EntryCheck check) =>
        [.. own.Mirrors.Select(mirror => check.Tree("mirrors", mirror.OriginalString)).OfType<Uri>()];
}

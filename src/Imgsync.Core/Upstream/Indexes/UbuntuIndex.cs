using System.Text;
using Imgsync.Core.Catalog;
using Imgsync.Core.Content;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Upstream.Indexes;

/// <summary>Ubuntu's cloud images: <c>build-info.txt</c> in <c>current/</c> names the serial,
/// whose own directory has a signed <c>SHA256SUMS</c>.</summary>
/// <param name="checkSignature">What the signature beside a checksum file makes of it.</param>
public sealed class UbuntuIndex(UpstreamClient client, SignatureCheck checkSignature) : IImageIndex
{
    private const string Checksums = "SHA256SUMS";
    private const string SerialKey = "serial=";
    private const int MaxBuildInfoBytes = 64 * 1024;

    public string Format => IndexFormats.Ubuntu;

    public async Task<ResolvedImage> ResolveAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        if (spec.PinnedRevision is { } pinned)
            return await ReadAsync(spec, DatedDirectories.Pinned(spec, pinned), cancellationToken);

        // Read before the pointer is followed: should it move meanwhile, its list is another one and witnesses nothing.
        var pointer = spec.Locate(spec.Path + Checksums);
        var current = await client.FindAsync(pointer, ChecksumFile.MaxBytes, cancellationToken);

        var (revision, image, list) = await PinAsync(spec, current, cancellationToken);
        return await ProveAsync(spec, revision, image, list, cancellationToken) with
        {
            Witness = current is { Version: { } version } && list.AsSpan().SequenceEqual(current.Content)
                ? new Witness(pointer, version)
                : null,
        };
    }

    private async Task<ResolvedImage> ReadAsync(DistributionSpec spec, Revision revision, CancellationToken cancellationToken)
    {
        var image = In(spec, revision);
        var list = await client.ReadAsync(spec.Locate(image.Directory + Checksums), ChecksumFile.MaxBytes, cancellationToken);
        return await ProveAsync(spec, revision, image, list, cancellationToken);
    }

    private async Task<ResolvedImage> ProveAsync(
        DistributionSpec spec, Revision revision, PinnedFile image, byte[] list, CancellationToken cancellationToken)
    {
        var location = spec.Locate(image.Directory + Checksums);
        var digest = ChecksumFile.Find(list, image.FileName, DigestAlgorithm.Sha256, location);
        var signature = spec.Locate($"{image.Directory}{Checksums}.gpg");
        return image.Resolve(spec, revision, digest, await checkSignature(list, signature, spec.Publisher, cancellationToken)) with
        {
            Other = image.Raw(spec, spec.RawImageName, digest, list, location),
        };
    }

    private static PinnedFile In(DistributionSpec spec, Revision revision) =>
        new($"{DatedDirectories.Parent(spec.Path)}{DatedDirectories.Prefix(spec.Path)}{revision}/", spec.ImageName);

    /// <param name="current">The list that the pointer leads to.</param>
    private async Task<(Revision Revision, PinnedFile Image, byte[] Checksums)> PinAsync(
        DistributionSpec spec, UpstreamFile? current, CancellationToken cancellationToken)
    {
        var location = spec.Locate(spec.Path + "unpacked/build-info.txt");
        var buildInfo = await client.ReadIfPresentAsync(location, MaxBuildInfoBytes, cancellationToken);
        if (buildInfo is null)
            return await PinByContentAsync(spec, current, cancellationToken);

        var revision = ReadSerial(buildInfo, location);
        var image = In(spec, revision);
        return (revision,
            image, await client.ReadAsync(spec.Locate(image.Directory + Checksums), ChecksumFile.MaxBytes, cancellationToken));
    }

    /// <summary>Mirrors may leave the unpacked files out. Then the dated directory is the one that lists what the pointer lists.</summary>
    private async Task<(Revision Revision, PinnedFile Image, byte[] Checksums)> PinByContentAsync(
        DistributionSpec spec, UpstreamFile? current, CancellationToken cancellationToken)
    {
        var location = spec.Locate(spec.Path + Checksums);
        var digest = ChecksumFile.Find(
            current?.Content ?? throw UpstreamFailure.Missing(location), spec.ImageName, DigestAlgorithm.Sha256, location);
        return await new DatedDirectories(client).FindAsync(spec, _ => spec.ImageName, Checksums, digest, cancellationToken);
    }

    private static Revision ReadSerial(byte[] buildInfo, Uri location)
    {
        var serial = Encoding.Latin1.GetString(buildInfo)
            .Split('\n', StringSplitOptions.TrimEntries)
            .FirstOrDefault(line => line.StartsWith(SerialKey, StringComparison.Ordinal))?[SerialKey.Length..];
        return Revision.TryParseDay(serial, out var revision)
            ? revision
            : throw new UpstreamException(
                $"{location.InMessages()} has no line serial=<day> with an optional build number; try again later or another mirror.");
    }
}

using System.Text.Json;
using Imgsync.Core.Catalog;
using Imgsync.Core.Content;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Upstream.Indexes;

/// <summary>Debian's cloud images: a JSON manifest beside the image in <c>latest/</c> names the dated directory, whose
/// <c>SHA512SUMS</c> must agree with it. Debian signs neither; an operator's mirror of it may, beside the checksum file.</summary>
/// <param name="checkSignature">What the signature beside a checksum file makes of it.</param>
public sealed class DebianIndex(UpstreamClient client, SignatureCheck checkSignature) : IImageIndex
{
    private const string Checksums = "SHA512SUMS";
    private const string Signature = "SHA512SUMS.sign";
    private const string DigestPrefix = "sha512:";

    public string Format => IndexFormats.Debian;

    public async Task<ResolvedImage> ResolveAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        if (spec.PinnedRevision is { } pinned)
            return await ResolvePinnedAsync(spec, DatedDirectories.Pinned(spec, pinned), cancellationToken);

        var manifestLocation = spec.Locate(spec.Path + Path.ChangeExtension(spec.ImageName, ".json"));
        var manifest = await client.FindAsync(manifestLocation, DebianManifest.MaxBytes, cancellationToken);
        if (manifest is null)
            return await ResolveWithoutManifestAsync(spec, cancellationToken);

        var parsed = Parse(manifest.Content, manifestLocation);
        var upload = parsed.FindUpload(spec.DiskFormat)
            ?? throw Unusable(manifestLocation, $"does not list exactly one upload in the format {spec.DiskFormat}");
        var (revision, image) = ReadPointer(spec, upload, manifestLocation);
        var digest = ReadDigest(upload, manifestLocation);

        var list = await ReadChecksumsAsync(spec, image, cancellationToken);
        var resolved = await ProveAsync(spec, revision, image, FindListed(spec, image, list), list, cancellationToken);
        RequireSame(digest, resolved.Digest, image.FileName, manifestLocation);
        if (resolved.Other is { } raw && parsed.FindUpload(raw.DiskFormat) is { } rawUpload)
            RequireSame(
                ReadDigest(rawUpload, manifestLocation), raw.Digest, raw.Location.Segments[^1], manifestLocation,
                $", or set overrides.{spec.Key}.rawImageName to none");
        return resolved with { Witness = WitnessOf(manifestLocation, manifest) };
    }

    /// <summary>Mirrors may leave manifests out. Then the dated directory is the one that lists what <c>latest/</c> lists.</summary>
    private async Task<ResolvedImage> ResolveWithoutManifestAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        var pointer = spec.Locate(spec.Path + Checksums);
        var list = await client.FindAsync(pointer, ChecksumFile.MaxBytes, cancellationToken) ?? throw UpstreamFailure.Missing(pointer);
        var newest = ChecksumFile.Find(list.Content, spec.ImageName, DigestAlgorithm.Sha512, pointer);
        var found = await new DatedDirectories(client).FindAsync(
            spec, revision => Stamped(spec, revision), Checksums, newest, cancellationToken);
        var resolved = await ProveAsync(spec, found.Revision, found.Image, newest, found.Checksums, cancellationToken);
        return resolved with { Witness = WitnessOf(pointer, list) };
    }

    private async Task<ResolvedImage> ResolvePinnedAsync(DistributionSpec spec, Revision revision, CancellationToken cancellationToken)
    {
        var image = new PinnedFile($"{DatedDirectories.Parent(spec.Path)}{revision}/", Stamped(spec, revision));
        var list = await ReadChecksumsAsync(spec, image, cancellationToken);
        return await ProveAsync(spec, revision, image, FindListed(spec, image, list), list, cancellationToken);
    }

    /// <param name="digest">What the list has for the image.</param>
    private async Task<ResolvedImage> ProveAsync(
        DistributionSpec spec, Revision revision, PinnedFile image, Digest digest, byte[] list, CancellationToken cancellationToken)
    {
        var provenance = await checkSignature(list, spec.Locate(image.Directory + Signature), spec.Publisher, cancellationToken);
        var raw = spec.RawImageName is { } name ? Stamped(name, revision) : null;
        return image.Resolve(spec, revision, digest, provenance) with
        {
            Other = image.Raw(spec, raw, digest, list, spec.Locate(image.Directory + Checksums)),
        };
    }

    private static void RequireSame(Digest inManifest, Digest listed, string fileName, Uri manifest, string way = "")
    {
        if (inManifest != listed)
            throw new IntegrityException(
                $"{manifest.InMessages()} gives {fileName} the digest {inManifest}, and {Checksums} beside the image gives "
                    + $"{listed}; one of them is not Debian's, so nothing is downloaded: try again later or another mirror{way}.");
    }

    private static DebianManifest Parse(byte[] manifest, Uri location)
    {
        try
        {
            return DebianManifest.Parse(manifest);
        }
        catch (JsonException exception)
        {
            throw new UpstreamException(
                $"The manifest {location.InMessages()} is malformed ({exception.Message}); try again later or another mirror.", exception);
        }
    }

    private static (Revision Revision, PinnedFile Image) ReadPointer(DistributionSpec spec, DebianManifest.Item upload, Uri location)
    {
        if (!Revision.TryParseDay(upload.Version, out var revision))
            throw Unusable(location, $"gives the version \"{upload.Version?.Shortened()}\", which is no day and build number");

        // The pointer becomes part of a URL, so it must be exactly what it claims to be: our image, stamped, in the version's directory.
        var image = PinnedFile.Parse(upload.Ref);
        var expected = Stamped(spec, revision);
        return image is not null
            && image.Directory.EndsWith($"/{revision}/", StringComparison.Ordinal)
            && string.Equals(image.FileName, expected, StringComparison.Ordinal)
            ? (revision, image)
            : throw Unusable(location, $"points at \"{upload.Ref?.Shortened()}\" instead of {expected} in a directory {revision}");
    }

    private static Digest ReadDigest(DebianManifest.Item upload, Uri location) =>
        upload.Digest?.StartsWith(DigestPrefix, StringComparison.Ordinal) == true
        && Digest.TryFromBase64(DigestAlgorithm.Sha512, upload.Digest[DigestPrefix.Length..], out var digest)
            ? digest
            : throw Unusable(location, $"gives the digest \"{upload.Digest?.Shortened()}\", which is no SHA-512 in base64");

    private Task<byte[]> ReadChecksumsAsync(DistributionSpec spec, PinnedFile image, CancellationToken cancellationToken) =>
        client.ReadAsync(spec.Locate(image.Directory + Checksums), ChecksumFile.MaxBytes, cancellationToken);

    private static Digest FindListed(DistributionSpec spec, PinnedFile image, byte[] list) =>
        ChecksumFile.Find(list, image.FileName, DigestAlgorithm.Sha512, spec.Locate(image.Directory + Checksums));

    private static Witness? WitnessOf(Uri location, UpstreamFile file) => file.Version is null ? null : new Witness(location, file.Version);

    // debian-12-genericcloud-amd64.qcow2 is debian-12-genericcloud-amd64-20240717-1811.qcow2 in its dated directory.
    private static string Stamped(DistributionSpec spec, Revision revision) => Stamped(spec.ImageName, revision);

    private static string Stamped(string name, Revision revision) =>
        $"{Path.GetFileNameWithoutExtension(name)}-{revision}{Path.GetExtension(name)}";

    private static UpstreamException Unusable(Uri location, string fault) =>
        new($"The manifest {location.InMessages()} {fault}; try again later or another mirror.");
}

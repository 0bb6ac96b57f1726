using Imgsync.Core.Catalog;
using Imgsync.Core.Content;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Upstream.Indexes;

/// <summary>Finds the dated directory that a moving pointer stands for where no file says so: the newest of those listed beside the
/// pointer that holds the same content. Only the newest few are looked at, for a pointer never lags far behind.</summary>
internal sealed class DatedDirectories(UpstreamClient client)
{
    public const int Looked = 3;

    /// <param name="nameIn">The image's name in the directory of a revision.</param>
    /// <param name="checksums">The name of the checksum file in each directory.</param>
    /// <param name="digest">What the pointer's own checksum file lists for the image.</param>
    public async Task<(Revision Revision, PinnedFile Image, byte[] Checksums)> FindAsync(
        DistributionSpec spec, Func<Revision, string> nameIn, string checksums, Digest digest, CancellationToken cancellationToken)
    {
        var parent = Parent(spec.Path);
        var prefix = Prefix(spec.Path);
        var listing = spec.Locate(parent);
        var names = await ListAsync(spec, listing, cancellationToken);
        var newest = Newest(names, prefix);
        if (newest.Count == 0)
            throw NoneIn(spec, listing, names, prefix);

        foreach (var revision in newest)
        {
            var image = new PinnedFile($"{parent}{prefix}{revision}/", nameIn(revision));
            var location = spec.Locate(image.Directory + checksums);
            if (await client.ReadIfPresentAsync(location, ChecksumFile.MaxBytes, cancellationToken) is { } list
                && ChecksumFile.TryFind(list, image.FileName, digest.Algorithm, location) == digest)
                return (revision, image, list);
        }

        throw new UpstreamException(
            $"None of the {newest.Count} newest dated directories of {listing.InMessages()} holds the {spec.ImageName} that {spec.Path} "
            + "lists; the publisher may be in the middle of an update, so try again later.");
    }

    /// <summary>The revision that the operator wants.</summary>
    /// <exception cref="UpstreamException">It is none of this publisher's.</exception>
    public static Revision Pinned(DistributionSpec spec, string revision) => Revision.TryParseDay(revision, out var day)
        ? day
        : throw new UpstreamException(
            $"{spec.Key} is to stay at \"{revision}\", which is no day with a build number; correct the setting "
                + $"overrides.{spec.Key}.revision.");

    /// <summary><c>noble/current/</c> moves in <c>noble/</c>.</summary>
    public static string Parent(string pointer) => pointer[..(pointer.TrimEnd('/').LastIndexOf('/') + 1)];

    /// <summary>Ubuntu's release tree dates <c>release/</c> as <c>release-20260705/</c>;
    /// everywhere else the name is the revision.</summary>
    public static string Prefix(string pointer) => pointer.EndsWith("/release/", StringComparison.Ordinal) ? "release-" : "";

    private async Task<IReadOnlyList<string>> ListAsync(DistributionSpec spec, Uri listing, CancellationToken cancellationToken)
    {
        try
        {
            return await client.FindAsync(listing, DirectoryListing.MaxBytes, cancellationToken) is { } found
                ? DirectoryListing.Names(found, listing)
                : throw UpstreamFailure.Missing(listing);
        }
        catch (UpstreamException refused)
        {
            throw new UpstreamException(
                $"No file says which revision {spec.Path} is, and the directory listing that would show it cannot be had: "
                + refused.Message,
                refused);
        }
    }

    private static List<Revision> Newest(IReadOnlyList<string> names, string prefix) =>
    [
        .. names
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(name => Revision.TryParseDay(name[prefix.Length..], out var revision) ? revision : (Revision?)null)
            .OfType<Revision>()
            .Distinct()
            .OrderDescending()
            .Take(Looked),
    ];

    private static UpstreamException NoneIn(DistributionSpec spec, Uri listing, IReadOnlyList<string> names, string prefix)
    {
        var shown = string.Join(", ", names.Take(5).Select(name => $"\"{name.Shortened(40)}\""));
        return new(
            $"{listing.InMessages()} lists no dated directory {prefix}<day>, and no file says which revision {spec.Path} is; "
            + (names.Count == 0 ? "no name was read there, so it may be no directory listing" : $"{names.Count} names were read: {shown}")
            + (names.Count > 5 ? ", ..." : "") + ". Complete the mirror, or name another.");
    }
}

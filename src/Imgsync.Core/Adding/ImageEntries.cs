using Imgsync.Core.Catalog;
using Imgsync.Core.Content;
using Imgsync.Core.Signatures;
using Imgsync.Core.Signatures.Documents;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Client;
using Imgsync.Core.Upstream.Indexes;

namespace Imgsync.Core.Adding;

/// <summary>Writes the entry of an image that somebody has found: asks its server what it is, looks beside it for what proves it, and
/// follows newer ones where the server lists some. It guesses nothing that it does not tell.</summary>
public sealed class ImageEntries(UpstreamClient client, SignatureVerifier verifier, TimeProvider time)
{
    /// <param name="catalogue">The built-in one, whose keys stay as they are.</param>
    /// <exception cref="ConfigurationException">Something has to be said that only a person knows.</exception>
    /// <exception cref="UpstreamException">There is no disk image, or what is said of it contradicts itself.</exception>
    /// <exception cref="SignatureException">Nothing is signed by a key that is trusted.</exception>
    public async Task<NewEntry> WriteAsync(AddRequest request, DistributionCatalog catalogue, CancellationToken cancellationToken)
    {
        var lists = await new DigestSearch(client, request.Image).FindAsync(cancellationToken);
        if (lists is [] && request is { Digest: null, Pin: false, Image.IsFile: false })
            throw new ConfigurationException(
                $"No list of SHA-256 or SHA-512 digests lies beside {request.Image.InMessages()}: give the digest that its publisher tells "
                    + "with --digest sha256:…, or --pin to download the image once and trust what comes.");

        var look = await ImageLook.AtAsync(client, request.Image, request.Pin || request.Image.IsFile, cancellationToken);
        var list = lists is [var first, ..] ? first : null;
        var signedBy = list is null ? null : await VerifyAsync(list, request.Trust, cancellationToken);
        if (request.Trust is not [] && signedBy is null)
            throw new SignatureException(
                $"No signature that can be read lies beside a list of {request.Image.InMessages()}, so that --trust has nothing to prove; "
                    + "leave it out.");

        var digest = Agreed(request, look, lists);
        if (request is not { Digest: null, Pin: false, Image.IsFile: false } || list is null)
            return new EntryDraft(request, look, list, signedBy, catalogue, time.GetUtcNow()).Write(digest, listing: null);

        var stamped = request with { Image = Stamped(request.Image, list) };
        var listing = await RevisionListing.OfAsync(client, stamped.Image, list, cancellationToken);
        return new EntryDraft(stamped, look, list, signedBy, catalogue, time.GetUtcNow()).Write(digest, listing);
    }

    /// <summary>A name that always is the newest image, <c>…-latest.qcow2</c>, is no name for an entry: the stamped one is, if the list
    /// has one with the same digest.</summary>
    private static Uri Stamped(Uri image, FoundList list) =>
        Uri.UnescapeDataString(image.Segments[^1]) is var file && !new ImageName(file).IsStamped
        && list.Twins(file).Where(name => new ImageName(name).IsStamped).ToList() is [var only]
            ? new Uri(image, only)
            : image;

    /// <returns>The key that is trusted and signed the list; null where none is trusted.</returns>
    private async Task<string?> VerifyAsync(FoundList list, IReadOnlyList<string> trust, CancellationToken cancellationToken)
    {
        if (trust is [] || list.Signature is not { } signature)
            return null;
        var what = list.Location.InMessages();
        if (signature.Form is SignatureForm.Detached)
            return (await verifier.VerifyDetachedAsync(list.Text, list.SignatureBytes, trust, what, cancellationToken)).Fingerprint;

        var signed = await verifier.VerifyClearSignedAsync(list.Text, trust, what, cancellationToken);
        var name = Uri.UnescapeDataString(list.Location.Segments[^1]);
        return ChecksumFile.Names(signed.Text, list.Location).Count > 0
            ? signed.Fingerprint
            : throw new SignatureException($"What is signed of {what} names no files ({name}); ask its publisher.");
    }

    /// <summary>The digest that the entry gives. All that anybody says of it has to agree.</summary>
    private static Digest Agreed(AddRequest request, ImageLook look, IReadOnlyList<FoundList> lists)
    {
        var all = new List<(string Place, Digest Digest)>();
        if (look.Content is { } content)
            all.AddRange([("the image itself", content.Sha512), ("the image itself", content.Sha256!)]);
        if (request.Digest is { } given)
            all.Add(("--digest", given));
        all.AddRange(lists.Select(list => (list.Location.InMessages(), list.Digest)));
        foreach (var (place, digest) in all)
        {
            if (all.Find(other => other.Digest.Algorithm == digest.Algorithm && other.Digest != digest) is { Place: { } other })
                throw new IntegrityException(
                    $"{place} and {other} give different digests of {request.Image.InMessages()}; do not use it before its publisher says "
                        + "which is right.");
        }

        return all[0].Digest;
    }
}

/// <summary>Other revisions of an image, as its server lists them.</summary>
/// <param name="Name">What a name of them looks like.</param>
/// <param name="Newest">The name of the newest.</param>
/// <param name="InList">Whether the list of digests names them, too.</param>
internal sealed record RevisionListing(ImageName Name, string Newest, bool InList)
{
    /// <returns>Null where nothing shows that there will be another one by such a name: neither others beside it, nor an alias that the
    /// publisher moves.</returns>
    public static async Task<RevisionListing?> OfAsync(
        UpstreamClient client, Uri image, FoundList list, CancellationToken cancellationToken)
    {
        var file = Uri.UnescapeDataString(image.Segments[^1]);
        var name = new ImageName(file);
        if (!name.IsStamped || image.Segments is not [_, .., var step, _] || !NamePatterns.Directory().IsMatch(step))
            return null;

        var shape = new PartPattern(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["revision"] = name.Pattern }, name.Template);
        var proven = Revisions(shape, ChecksumFile.Names(list.Text, list.Location));
        var listed = Revisions(shape, await ReadAsync(client, new Uri(image, "."), cancellationToken));
        var all = listed.Count > 0 ? listed : proven;
        var hasAlias = list.Twins(file).Any(twin => !new ImageName(twin).IsStamped);
        return all.ContainsKey(file) && (all.Count > 1 || hasAlias)
            ? new RevisionListing(name, all.MaxBy(one => one.Value).Key, list.IsOfDirectory && proven.Count >= all.Count)
            : null;
    }

    private static Dictionary<string, Revision> Revisions(PartPattern shape, IEnumerable<string> names) => names
        .Distinct(StringComparer.Ordinal)
        .Select(name => (name, IsOne: Revision.TryParse(shape.Match(name)?["revision"], out var revision), revision))
        .Where(one => one.IsOne)
        .ToDictionary(one => one.name, one => one.revision, StringComparer.Ordinal);

    /// <summary>None where the server lists nothing, as many do.</summary>
    private static async Task<IReadOnlyList<string>> ReadAsync(UpstreamClient client, Uri directory, CancellationToken cancellationToken)
    {
        try
        {
            return await client.FindAsync(directory, DirectoryListing.MaxBytes, cancellationToken) is { } listing
                ? DirectoryListing.Names(listing, directory)
                : [];
        }
        catch (UpstreamException)
        {
            return [];
        }
    }
}

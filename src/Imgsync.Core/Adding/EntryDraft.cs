using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Imgsync.Core.Catalog;
using Imgsync.Core.Content;
using Imgsync.Core.Upstream.Indexes;

namespace Imgsync.Core.Adding;

/// <summary>Puts what was found and what was asked for into the words of a catalogue file, and tells what of it is a guess.</summary>
/// <param name="signedBy">The key that is trusted and signed the list; null for none.</param>
internal sealed partial class EntryDraft(
    AddRequest request, ImageLook look, FoundList? list, string? signedBy, DistributionCatalog catalogue, DateTimeOffset now)
{
    private readonly ImageName _name = new(Uri.UnescapeDataString(request.Image.Segments[^1]));
    private readonly List<string> _notes = [];

    /// <param name="listing">Null where nothing shows that there will be newer ones.</param>
    public NewEntry Write(Digest digest, RevisionListing? listing)
    {
        var key = Key();
        var follows = listing is not null && listing.Newest == Uri.UnescapeDataString(request.Image.Segments[^1]);
        var catalog = new JsonObject();
        if (follows)
            catalog["publishers"] = new JsonObject { [key] = Publisher(listing!) };
        catalog["distributions"] = new JsonObject { [key] = Distribution(key, digest, follows ? listing : null) };

        TellOfProof(follows);
        if (listing is not null && !follows)
            _notes.Add($"There is a newer one, {listing.Newest}: give its URL for an entry that follows the newest.");
        else if (!follows && !request.Image.IsFile && !_name.IsStamped)
            _notes.Add(
                "The image's name has no version in it. When another file takes its place, its digest is another one, and a sync refuses "
                    + "it until you add it again with --force.");
        return new NewEntry(
            key, follows, request.Image, look.Size, look.ChangedAt, look.Format, digest, list?.Location,
            list?.Signature is null ? null : [.. list.Issuers], signedBy, catalog, _notes);
    }

    private JsonObject Distribution(string key, Digest digest, RevisionListing? listing)
    {
        var entry = new JsonObject();
        if (listing is null)
        {
            entry["url"] = request.Image.AbsoluteUri;
            entry["digest"] = digest.ToString();
            entry["revision"] = FixedRevision();
        }
        else
        {
            entry["publisher"] = key;
            entry["path"] = request.Image.Segments[^2];
            entry["image"] = listing.Name.Template;
            if (RawBeside(listing) is { } raw)
                entry["rawImage"] = raw;
            entry["parts"] = new JsonObject { ["revision"] = listing.Name.Pattern };
        }

        entry["title"] = Title();
        entry["architectures"] = new JsonArray(ArchitectureOf().ToString());
        if (look.Format is not "qcow2")
            entry["diskFormat"] = look.Format;
        var known = catalogue.All
            .Where(spec => _name.Title.Contains(spec.OsDistro, StringComparison.OrdinalIgnoreCase))
            .MaxBy(spec => spec.OsDistro.Length);
        entry["osDistro"] = known?.OsDistro ?? _name.FirstWord ?? "linux";

        // What is a part of the revision changes with it.
        var version = _name.Version ?? "0";
        entry["osVersion"] = listing is not null && _name.Revision!.StartsWith(version, StringComparison.Ordinal)
            ? NameTemplate.Revision
            : version;
        entry["adminUser"] = request.Login ?? known?.AdminUser ?? "root";
        if (request.Login is null)
            _notes.Add($"The login is {entry["adminUser"]}, a guess{(known is null ? "" : $" by {known.Key}")}; --login says another.");
        if (request.MinDisk is { } disk)
            entry["minDisk"] = disk;
        entry["visibility"] = "private";
        return entry;
    }

    /// <summary>The publisher's raw file of the same name, as a template, where the list that proves the image has it; else null.</summary>
    private string? RawBeside(RevisionListing listing)
    {
        var image = Uri.UnescapeDataString(request.Image.Segments[^1]);
        var raw = image.Replace(".qcow2", ".raw", StringComparison.Ordinal);
        if (raw == image || look.Format is "raw" || list is not { IsOfDirectory: true }
            || !ChecksumFile.Names(list.Text, list.Location).Contains(raw, StringComparer.Ordinal))
            return null;
        _notes.Add($"The publisher has it as a raw file, too, {raw}, which clouds with publish.diskFormat raw get.");
        return listing.Name.Template.Replace(".qcow2", ".raw", StringComparison.Ordinal);
    }

    private JsonObject Publisher(RevisionListing listing)
    {
        var publisher = new JsonObject
        {
            ["url"] = new Uri(request.Image, "..").AbsoluteUri,
            ["index"] = IndexFormats.Pieces,
            ["newest"] = new JsonObject { ["in"] = (listing.InList ? NewestIn.Digests : NewestIn.Listing).ToString() },
            ["digests"] = new JsonObject { ["file"] = list!.File, ["algorithm"] = list.Digest.Algorithm.ToString() },
        };
        if (signedBy is not null)
        {
            publisher["signatureFile"] = new JsonObject { ["file"] = list.Signature!.File, ["form"] = list.Signature.Form.ToString() };
            publisher["signedBy"] = new JsonArray(signedBy);
        }

        publisher["signature"] = signedBy is null ? "None" : "Required";
        return publisher;
    }

    private void TellOfProof(bool follows)
    {
        if (signedBy is not null)
            _notes.Add($"{list!.Location.InMessages()} is signed by {signedBy}"
                + (follows ? ", and nothing is used that is not." : ": checked now; the entry gives the digest that it has."));
        else if (list?.Signature is { } signature)
            _notes.Add(
                $"The entry is not signed. {NameTemplate.Fill(signature.File, ImageFile())} says that "
                    + $"{string.Join(" and ", list.Issuers)} signed the list: compare that fingerprint, which may be a subkey's, with the "
                    + "publisher's own page, and add the image again with --trust FINGERPRINT --force.");
        else if (list is not null)
            _notes.Add($"The entry is not signed: no signature lies beside {list.Location.InMessages()}.");
        else if (request.Pin && request.Digest is null)
            _notes.Add(
                "Trust on first use: the digest is that of what came now, and nobody vouches for it. What comes later has to be the same.");
    }

    private Dictionary<string, string> ImageFile() => new(StringComparer.Ordinal) { ["image"] = request.Image.Segments[^1] };

    private Architecture ArchitectureOf()
    {
        if ((request.Architecture ?? _name.Architecture) is { } known)
            return known;
        _notes.Add("The architecture is amd64, a guess; --arch says another.");
        return Architecture.Amd64;
    }

    private string Title()
    {
        var architecture = request.Architecture ?? _name.Architecture ?? Architecture.Amd64;
        return request.Title ?? (architecture is Architecture.Amd64 ? _name.Title : $"{_name.Title} {architecture.InFileNames()}");
    }

    private string FixedRevision() =>
        _name.Revision ?? (look.ChangedAt ?? now).UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>By the title, where nobody says; never that of a built-in entry.</summary>
    private string Key()
    {
        if (request.Key is { } said)
            return !IsTaken(said) ? said
                : throw new ConfigurationException($"{said} is a key of the built-in catalogue: choose another with --key.");

        var key = NotInKeys().Replace(Title().ToLowerInvariant(), "-").Trim('-', '.', '_');
        key = key is "" ? "image" : key[..Math.Min(key.Length, 50)].TrimEnd('-', '.', '_');
        return IsTaken(key) ? key + "-own" : key;
    }

    private bool IsTaken(string key) => catalogue.All.Any(spec => spec.Key == key || spec.Publisher.Name == key);

    [GeneratedRegex("[^a-z0-9._]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NotInKeys();
}

/// <summary>An entry for a catalogue file, and what it was made from.</summary>
/// <param name="Follows">Whether it follows newer images; else it stays at this one.</param>
/// <param name="Size">In bytes; null where the server does not say.</param>
/// <param name="ListedIn">The list that has its digest; null for none.</param>
/// <param name="SignatureNames">The keys that the list's signature names; null where it has none.</param>
/// <param name="SignedBy">The key that is trusted and did sign.</param>
/// <param name="Entry">The catalogue file, with nothing but this in it.</param>
/// <param name="Notes">Sentences: what was guessed, and what somebody has to look at.</param>
public sealed record NewEntry(
    string Distribution,
    bool Follows,
    Uri Image,
    long? Size,
    DateTimeOffset? ChangedAt,
    string DiskFormat,
    Digest Digest,
    Uri? ListedIn,
    IReadOnlyList<string>? SignatureNames,
    string? SignedBy,
    JsonObject Entry,
    IReadOnlyList<string> Notes);

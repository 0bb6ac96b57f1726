using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Imgsync.Core.Catalog.Reading;

/// <summary>A publisher as it stands in a catalogue file.</summary>
internal sealed record PublisherEntry
{
    [Description("The publisher's own tree, which paths are appended to.")]
    public string? Url { get; set; }

    [Description("How its directories list images.")]
    public string? Index { get; set; }

    [Description("Whether an image may be used without a signature over its digest.")]
    public string? Signature { get; set; }

    [Description("Full fingerprints of the keys that may sign.")]
    public IReadOnlyList<string?>? SignedBy { get; set; }

    [Description(
        "How long after the day in a revision its list may have been signed, such as 30d; any time where nothing is said, or with 0.")]
    public string? SignedWithin { get; set; }

    [Description("For the index pieces: where the newest revision is read.")]
    public NewestEntry? Newest { get; set; }

    [Description("For the index pieces: the list that has the images' digests.")]
    public DigestsEntry? Digests { get; set; }

    [Description("For the index pieces: what proves that list; nothing for a publisher that does not sign.")]
    public SignatureEntry? SignatureFile { get; set; }

    [Description("For the index pieces: how the publisher spells architectures: \"Amd64\": \"x86_64\".")]
    public Dictionary<string, string?>? ArchitectureNames { get; set; }

    [Description("For the index pieces: how the publisher spells architectures in paths, where not as in names.")]
    public Dictionary<string, string?>? ArchitectureDirectories { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>Where the newest revision is read, as it stands in a catalogue file.</summary>
internal sealed record NewestEntry
{
    [Description("Where the newest revision is read. Digests: in the names of the digest list. Alias: there, by the digest of a name that "
        + "never changes. Listing: in the server's listing. Text: in a text file. Pointer: in a text file whose lines begin with the "
        + "image's path. Redirect: in the URL that another one leads to. Json: in a JSON document. Simplestreams: in one of that format.")]
    public string? In { get; set; }

    [Description("For Text, Pointer, Redirect, Json and Simplestreams: the file below the publisher's URL, or a URL of its own; {arch} "
        + "stands for the architecture.")]
    public string? File { get; set; }

    [Description("For Text: what stands before the equals sign; nothing where the file has only the revision.")]
    public string? Key { get; set; }

    [Description("For Json: the JSON pointer to the list of images, or to the one: /data; nothing for the document itself.")]
    public string? Each { get; set; }

    [Description("For Json: the JSON pointer from there to an image's name or URL: /link.")]
    public string? Name { get; set; }

    [Description("For Json: the JSON pointer from there to its digest: /sha256; nothing where a list has it.")]
    public string? Digest { get; set; }

    [Description("For Json: the JSON pointer from there to the digest of what is in the packed image: /uncompressed-sha256.")]
    public string? UnpackedDigest { get; set; }

    [Description("For Alias: the name in the digest list that always is the newest image.")]
    public string? Alias { get; set; }

    [Description("For Simplestreams: the product, com.ubuntu.cloud:server:24.04:{arch}.")]
    public string? Product { get; set; }

    [Description("For Simplestreams: the item of each version, disk1.img.")]
    public string? Item { get; set; }

    [Description("For Text, Pointer, Json and Simplestreams: whether the file has its signature around it.")]
    public bool? ClearSigned { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>The list of digests, as it stands in a catalogue file.</summary>
internal sealed record DigestsEntry
{
    [Description("The list's name in the image's directory, or a URL of its own; {image} stands for the image's name, {arch} for the "
        + "architecture, parts of the revision for themselves.")]
    public string? File { get; set; }

    [Description("Which of its digests counts.")]
    public string? Algorithm { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>What proves the list, or the image itself, as it stands in a catalogue file.</summary>
internal sealed record SignatureEntry
{
    [Description("Its name in the image's directory, or a URL of its own, as the list's.")]
    public string? File { get; set; }

    [Description("Whether it lies beside the list (Detached), around it (ClearSigned), or beside the image and is over that (Image).")]
    public string? Form { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

using System.Text.Json.Serialization;
using Imgsync.Core.Content;

namespace Imgsync.Core.Catalog;

/// <summary>How a publisher's images are found and proven, piece by piece: what the index format <c>pieces</c> goes by.</summary>
/// <param name="Digests">Null where the newest revision comes with its digest.</param>
public sealed record Pieces(NewestPiece Newest, DigestsPiece? Digests, SignaturePiece? Signature);

/// <summary>Where the newest revision is read.</summary>
/// <param name="File">What is read: below the publisher's tree, or a URL of its own.</param>
/// <param name="Key">What stands before the equals sign in a text; null where the file has nothing but the revision.</param>
/// <param name="Each">Where a document has its objects, as a JSON pointer (RFC 6901); each element of a list there is one.</param>
/// <param name="Name">Where such an object has the image's name or URL, as a JSON pointer.</param>
/// <param name="Digest">Where such an object has the digest, as a JSON pointer; null where a list has it.</param>
/// <param name="UnpackedDigest">Where such an object has the digest of what is in the packed image, as a JSON pointer; null for none.
/// </param>
/// <param name="Alias">The name that always stands for the newest image in the list of digests.</param>
/// <param name="Product">The product of a simplestreams document.</param>
/// <param name="Item">The item of each of its versions.</param>
/// <param name="ClearSigned">Whether the file has its signature around it.</param>
public sealed record NewestPiece(
    NewestIn In,
    string? File = null,
    string? Key = null,
    string? Each = null,
    string? Name = null,
    string? Digest = null,
    string? UnpackedDigest = null,
    string? Alias = null,
    string? Product = null,
    string? Item = null,
    bool ClearSigned = false);

[JsonConverter(typeof(WordConverter<NewestIn>))]
public enum NewestIn
{
    /// <summary>In the names that the digest list has.</summary>
    Digests,

    /// <summary>In the digest list, where it has the digest of a name that never changes.</summary>
    Alias,

    /// <summary>In the names that the server lists: of directories where the path has a part of the revision, else of files.</summary>
    Listing,

    /// <summary>In a text file: <c>FLATCAR_VERSION=4593.2.5</c>, or nothing but <c>0.6.3</c>.</summary>
    Text,

    /// <summary>In a text file whose lines begin with the image's path.</summary>
    Pointer,

    /// <summary>In the URL that another one leads to.</summary>
    Redirect,

    /// <summary>In a JSON document.</summary>
    Json,

    /// <summary>In a simplestreams document of the format <c>products:1.0</c>.</summary>
    Simplestreams,

    /// <summary>In the entry itself: an image that stays what it is.</summary>
    Entry,
}

/// <summary>The list that has the image's digest.</summary>
public sealed record DigestsPiece(string File, DigestAlgorithm Algorithm);

/// <summary>What proves the list, or the image itself.</summary>
/// <param name="File">Beside the image, or a URL of its own.</param>
public sealed record SignaturePiece(string File, SignatureForm Form);

[JsonConverter(typeof(WordConverter<SignatureForm>))]
public enum SignatureForm
{
    /// <summary>A file beside the list, armoured or binary.</summary>
    Detached,

    /// <summary>The list itself, with the signature around it. Where the file has another name than the list, it is read instead.</summary>
    ClearSigned,

    /// <summary>A file beside the image, armoured or binary, over the image itself as it is published.</summary>
    Image,
}

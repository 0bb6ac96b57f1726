using System.Text.Json.Serialization;
using Imgsync.Core.Content;

namespace Imgsync.Core.Catalog;

/// <summary>How a publisher's images are found and proven, piece by piece: what the index format <c>pieces</c> goes by. File names
/// are in the image's directory; <c>{image}</c> in them stands for the image's own name.</summary>
public sealed record Pieces(NewestPiece Newest, DigestsPiece Digests, SignaturePiece? Signature)
{
    /// <summary>Stands, in a path or a file name, for the revision.</summary>
    public const string Revision = "{revision}";

    /// <summary>Stands, in a path or a file name, for the architecture as the publisher spells it.</summary>
    public const string Architecture = "{arch}";

    /// <summary>Stands, in the name of a digest list or of a signature, for the image's name.</summary>
    public const string Image = "{image}";

    /// <summary>The template with something in the place of these, so that the rules for names can be asked about it.</summary>
    internal static string Filled(string template, params ReadOnlySpan<string> placeholders)
    {
        foreach (var placeholder in placeholders)
            template = template.Replace(placeholder, "1", StringComparison.Ordinal);
        return template;
    }
}

/// <summary>Where the newest revision is read.</summary>
/// <param name="File">What is read, below the publisher's tree, where <paramref name="In"/> is <see cref="NewestIn.Text"/>.</param>
/// <param name="Key">What stands before the equals sign; null where the file has nothing but the revision.</param>
public sealed record NewestPiece(NewestIn In, string? File = null, string? Key = null);

[JsonConverter(typeof(JsonStringEnumConverter<NewestIn>))]
public enum NewestIn
{
    /// <summary>In the names that the digest list has.</summary>
    Digests,

    /// <summary>In the names that the server lists: of directories where the path has the revision, else of files.</summary>
    Listing,

    /// <summary>In a text file: <c>FLATCAR_VERSION=4593.2.5</c>, or nothing but <c>0.6.3</c>.</summary>
    Text,
}

/// <summary>The list that has the image's digest.</summary>
public sealed record DigestsPiece(string File, DigestAlgorithm Algorithm);

/// <summary>What proves the list.</summary>
public sealed record SignaturePiece(string File, SignatureForm Form);

[JsonConverter(typeof(JsonStringEnumConverter<SignatureForm>))]
public enum SignatureForm
{
    /// <summary>A file beside the list, armoured or binary.</summary>
    Detached,

    /// <summary>The list itself, with the signature around it. Where the file has another name than the list, it is read instead.</summary>
    ClearSigned,
}

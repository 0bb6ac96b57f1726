using Imgsync.Core.Content;

namespace Imgsync.Testing.Upstream;

/// <summary>An image in an <see cref="UpstreamTree"/>.</summary>
/// <param name="File">The image file in its dated directory.</param>
/// <param name="Pointer">The moving directory it is offered through, <c>latest</c> or <c>current</c>.</param>
/// <param name="ChecksumFileName"><c>SHA512SUMS</c> or <c>SHA256SUMS</c>.</param>
/// <param name="Revision">As the publisher counts.</param>
public sealed record PublishedImage(string File, string Pointer, string ChecksumFileName, string Revision, Digest Sha256, Digest Sha512)
{
    public string Directory => Path.GetDirectoryName(File)!;

    /// <summary>The checksum file of the dated directory.</summary>
    public string ChecksumFile => Path.Combine(Directory, ChecksumFileName);

    /// <summary>Of what is in a packed image; null for one that is not packed.</summary>
    public Digest? UnpackedSha256 { get; init; }

    public Digest? UnpackedSha512 { get; init; }

    /// <summary>The raw file beside it, where there is one.</summary>
    public string RawFile => Path.ChangeExtension(File, ".raw");

    public long Length => new FileInfo(File).Length;

    /// <summary>The digest that the publisher publishes.</summary>
    public Digest Digest => ChecksumFileName is "SHA512SUMS" ? Sha512 : Sha256;
}

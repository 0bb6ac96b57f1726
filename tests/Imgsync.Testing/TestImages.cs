using Imgsync.Core.Content;
using Imgsync.Core.Upstream;

namespace Imgsync.Testing;

/// <summary>Images as upstream might offer them, for tests that do not care which.</summary>
public static class TestImages
{
    public static ResolvedImage Debian12 { get; } = new()
    {
        Distribution = "debian12",
        Location = new Uri("https://mirror.example/debian-12-20240717-1811.qcow2"),
        OfficialLocation = new Uri("https://cloud.debian.org/images/cloud/debian-12-20240717-1811.qcow2"),
        DiskFormat = "qcow2",
        Revision = "20240717-1811",
        BuildDate = new DateOnly(2024, 7, 17),
        Digest = Digest.FromBytes(DigestAlgorithm.Sha512, new byte[64]),
        Provenance = new Provenance(ProvenanceKind.DigestOverHttps),
    };

    /// <summary>The raw file beside it.</summary>
    public static OtherFile Debian12Raw { get; } = new(
        new Uri("https://mirror.example/debian-12-20240717-1811.raw"),
        [],
        new Uri("https://cloud.debian.org/images/cloud/debian-12-20240717-1811.raw"),
        "raw",
        Packing.None,
        Digest.FromBytes(DigestAlgorithm.Sha512, [.. Enumerable.Repeat((byte)1, 64)]));
}

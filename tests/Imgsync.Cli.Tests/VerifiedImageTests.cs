using Imgsync.Cli.Commands.Status;
using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary>How an image is judged by what its marks, Glance and the publisher say; of each digest the first letter is written.</summary>
public sealed class VerifiedImageTests
{
    [Theory]
    [InlineData("sha512=a finished", "a", "sha512=a", "verified", "marks, Glance and publisher agree")]
    [InlineData("sha256=b sha512=a", "a", "sha256=b", "verified", "marks, Glance and publisher agree")]
    [InlineData("sha512=a finished", "a", "sha512=c", "mismatch", "its mark says something else")]
    [InlineData("sha512=a finished", "a", "sha256=b", "unknown", "the publisher lists sha256 for 1, for which it has no mark")]
    [InlineData("sha512=a", "a", "sha512=a", "unknown", "it was never finished")]
    [InlineData("sha512=a finished", "c", "sha512=a", "mismatch", "Glance holds sha512:c")]
    [InlineData("sha512=b unpacked_sha512=a finished", "a", "sha512=b", "verified", "marks, Glance and publisher agree")]
    [InlineData("sha512=a finished", "a", "", "verified", "marks and Glance agree")]
    [InlineData("sha256=b finished", "a", "", "unknown", "it has no mark for sha512")]
    public void An_image_is_judged_by_the_strongest_proof_that_there_is(
        string marks, string held, string listed, string result, string finding)
    {
        var properties = marks.Split(' ').Select(mark => mark.Split('='))
            .ToDictionary(mark => $"imgsync.{mark[0]}", mark => mark.Length is 1 ? "true" : Hex(mark[0], mark[1]), StringComparer.Ordinal);
        properties["imgsync.revision"] = "1";
        var image = new GlanceImage
        {
            Id = "i1",
            Name = "Debian 12 [1]",
            Status = "active",
            OsHashAlgo = "sha512",
            OsHashValue = Hex("sha512", held),
            Properties = properties,
        };

        var verified = VerifiedImage.Of("default", image, listed is "" ? null : Offer(listed.Split('=')));

        Assert.Equal(result, verified.Result);
        Assert.Contains(finding, verified.Finding, StringComparison.Ordinal);
    }

    private static ResolvedImage Offer(string[] digest)
    {
        Assert.True(Digest.TryParse($"{digest[0]}:{Hex(digest[0], digest[1])}", out var published));
        return new ResolvedImage
        {
            Distribution = "debian12",
            Location = new("https://mirror.example/a.qcow2"),
            OfficialLocation = new("https://publisher.example/a.qcow2"),
            DiskFormat = "qcow2",
            Revision = "1",
            BuildDate = null,
            Digest = published,
            Provenance = new Provenance(ProvenanceKind.DigestOverHttps),
        };
    }

    private static string Hex(string algorithm, string letter) =>
        new(letter[0], algorithm.EndsWith("sha256", StringComparison.Ordinal) ? 64 : 128);
}

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

    /// <summary>The publisher has two files of one revision: the qcow2 one is <c>a</c>, and the raw one <c>b</c>.</summary>
    [Theory]
    [InlineData("a", "a", "a.qcow2", true, "verified", "marks, Glance and publisher agree")]
    [InlineData("b", "b", "a.raw", true, "verified", "marks, Glance and publisher agree")]
    [InlineData("c", "c", "a.raw", true, "mismatch", "the publisher lists sha512:b")]
    [InlineData("a", "a", "a.raw", true, "mismatch", "the publisher lists sha512:b")]
    [InlineData("b", "b", "a.raw", false, "verified", "marks and Glance agree; the publisher lists no raw file of 1 any more")]
    [InlineData("b", "c", "a.raw", false, "mismatch", "Glance holds sha512:c")]
    [InlineData("b", "b", "b.raw", false, "mismatch", "the publisher lists sha512:a")]
    public void An_image_is_compared_with_the_file_that_it_was_made_of(
        string mark, string held, string file, bool raw, string result, string finding)
    {
        var offer = Offer(["sha512", "a"]);
        Assert.True(Digest.TryParse($"sha512:{Hex("sha512", "b")}", out var other));
        var location = new Uri("https://publisher.example/a.raw");
        var image = new GlanceImage
        {
            Id = "i1",
            Status = "active",
            DiskFormat = "raw",
            OsHashAlgo = "sha512",
            OsHashValue = Hex("sha512", held),
            Properties = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["imgsync.revision"] = "1",
                ["imgsync.sha512"] = Hex("sha512", mark),
                ["imgsync.url"] = $"https://publisher.example/{file}",
                ["imgsync.finished"] = "true",
            },
        };

        var verified = VerifiedImage.Of("default", image, offer with
        {
            Other = raw ? new OtherFile(location, [], location, "raw", Packing.None, other) : null,
        });

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

using System.Text;
using Imgsync.Core.Catalog;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Signatures;
using Imgsync.Core.Tests.Signatures;
using Imgsync.Core.Upstream;
using Imgsync.Testing.Http;
using static Imgsync.Core.Tests.Upstream.Indexes.SignedPublisher;

namespace Imgsync.Core.Tests.Upstream.Indexes;

/// <summary>The publishers of the built-in catalogue that are made of pieces, in their real layouts, with a key of our own.</summary>
public sealed class PiecesIndexTests
{
    private const string Alma = "/9/cloud/x86_64/images/";

    private readonly SignedPublisher _publisher = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_newest_of_a_signed_list_is_taken_by_its_own_name_and_no_variant_passes_for_it()
    {
        var list = $"""
            {Hexes[0]}  AlmaLinux-9-GenericCloud-9.8-20260526.x86_64.qcow2
            {Hexes[1]}  AlmaLinux-9-GenericCloud-9.10-20260101.x86_64.qcow2
            {Hexes[2]}  AlmaLinux-9-GenericCloud-ext4-9.11-20270101.x86_64.qcow2
            {Hexes[1]}  AlmaLinux-9-GenericCloud-latest.x86_64.qcow2
            {Hexes[3]}  AlmaLinux-9-OpenNebula-9.12-20270101.x86_64.qcow2
            {Hexes[4]}  AlmaLinux-9-GenericCloud-9.13-20270101.aarch64.qcow2
            {Hexes[5]}  ../AlmaLinux-9-GenericCloud-9.14-20270101.x86_64.qcow2

            """;
        await using var server = new ScriptedServer()
            .On("GET", Alma + "CHECKSUM", Answer.Ok(list))
            .On("GET", Alma + "CHECKSUM.asc", Answer.Ok(_publisher.Key.Sign(Encoding.ASCII.GetBytes(list))));

        var image = await ResolveAsync(server, "almalinux9");

        Assert.Equal(("9.10-20260101", new DateOnly(2026, 1, 1)), (image.Revision, image.BuildDate));
        Assert.Equal($"{Alma}AlmaLinux-9-GenericCloud-9.10-20260101.x86_64.qcow2", image.Location.AbsolutePath);
        Assert.Equal(
            "https://repo.almalinux.org/almalinux/9/cloud/x86_64/images/AlmaLinux-9-GenericCloud-9.10-20260101.x86_64.qcow2",
            image.OfficialLocation.AbsoluteUri);
        Assert.Equal($"sha256:{Hexes[1]}", image.Digest.ToString());
        Assert.Equal(_publisher.Key.Fingerprint, image.Provenance.SignedBy);
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("rocky10", "/10/images/x86_64/", "Rocky-10-GenericCloud-Base-10.2-20260525.0.x86_64.qcow2", "10.2-20260525.0")]
    [InlineData("rocky9-arm64", "/9/images/aarch64/", "Rocky-9-GenericCloud-Base-9.6-20250531.0.aarch64.qcow2", "9.6-20250531.0")]
    [InlineData("almalinux10", "/10/cloud/x86_64/images/", "AlmaLinux-10-GenericCloud-10.2-20260526.0.x86_64.qcow2", "10.2-20260526.0")]
    public async Task Lists_in_BSD_form_with_comments_are_read_alike(string key, string directory, string name, string revision)
    {
        var list = $"# {name}: 746657280 bytes\nSHA256 ({name}) = {Hexes[0]}\nSHA256 (Rocky-10-GenericCloud-LVM-10.9-20270101.0.x86_64.qcow2) = {Hexes[1]}\n";
        await using var server = new ScriptedServer()
            .On("GET", directory + "CHECKSUM", Answer.Ok(list))
            .On("GET", directory + "CHECKSUM.asc", Answer.Ok(_publisher.Key.Sign(Encoding.ASCII.GetBytes(list))));

        var image = await ResolveAsync(server, key);

        Assert.Equal((revision, directory + name), (image.Revision, image.Location.AbsolutePath));
    }

    [Fact]
    public async Task What_the_publisher_does_not_sign_is_worth_its_connection_and_one_family_is_not_another()
    {
        var list = $"""
            SHA256 (CentOS-Stream-GenericCloud-9-20260720.0.x86_64.qcow2) = {Hexes[0]}
            SHA256 (CentOS-Stream-GenericCloud-x86_64-9-20260801.0.x86_64.qcow2) = {Hexes[1]}
            SHA256 (CentOS-Stream-GenericCloud-9-latest.x86_64.qcow2) = {Hexes[2]}
             75  448968K   75  337600K    0     0  11.1M      0  0:00:40
            """;
        await using var server = new ScriptedServer().On("GET", "/9-stream/x86_64/images/CHECKSUM", Answer.Ok(list));

        var image = await ResolveAsync(server, "centos-stream9");

        Assert.Equal(("20260720.0", ProvenanceKind.DigestOverHttp), (image.Revision, image.Provenance.Kind));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_text_names_the_version_and_a_list_with_sections_is_read_by_its_algorithm()
    {
        const string Name = "flatcar_production_openstack_image.img";
        var digest = new string('5', 128);
        var list = $"# MD5 HASH\n{new string('1', 32)}  {Name}\n# SHA1 HASH\n{new string('2', 40)}  {Name}\n# SHA512 HASH\n{digest}  {Name}";
        await using var server = new ScriptedServer()
            .On("GET", "/amd64-usr/current/version.txt", Answer.Ok("FLATCAR_BUILD=4593\nFLATCAR_VERSION=4593.2.5\nFLATCAR_VERSION_ID=4593.2.5\n"))
            .On("GET", $"/amd64-usr/4593.2.5/{Name}.DIGESTS.asc", Answer.Ok(_publisher.ClearSigned(list)));

        var image = await ResolveAsync(server, "flatcar-stable");

        Assert.Equal(("4593.2.5", $"sha512:{digest}"), (image.Revision, image.Digest.ToString()));
        Assert.Equal($"/amd64-usr/4593.2.5/{Name}", image.Location.AbsolutePath);
        Assert.Equal(_publisher.Key.Fingerprint, image.Provenance.SignedBy);
        Assert.Equal(DateOnly.FromDateTime(TestKey.Now.AddDays(-1).Date), image.BuildDate); // of the signature: the version has no day
    }

    [Theory]
    [InlineData("FLATCAR_VERSION_ID=4593.2.5\n")]
    [InlineData("FLATCAR_VERSION=4593.2.5\nFLATCAR_VERSION=4593.2.6\n")]
    [InlineData("FLATCAR_VERSION=../../4593.2.5\n")]
    [InlineData("FLATCAR_VERSION=4593.2\n")]
    [InlineData("<html>not found</html>")]
    public async Task A_text_that_does_not_name_one_version_is_refused(string text)
    {
        await using var server = new ScriptedServer().On("GET", "/amd64-usr/current/version.txt", Answer.Ok(text));

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => ResolveAsync(server, "flatcar-stable"));

        Assert.Contains("where one line FLATCAR_VERSION=", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listing_of_directories_leads_to_the_newest_with_its_own_list_and_signature()
    {
        const string Name = "Arch-Linux-x86_64-cloudimg-20260901.10.qcow2";
        var list = $"{Hexes[0]}  {Name}\n";
        await using var server = new ScriptedServer()
            .On("GET", "/", Answer.Ok("""<a href="latest/">latest/</a><a href="v20260901.9/">v</a><a href="v20260901.10/">v</a><a href="x20270101.1/">x</a>"""))
            .On("GET", $"/v20260901.10/{Name}.SHA256", Answer.Ok(list))
            .On("GET", $"/v20260901.10/{Name}.SHA256.sig", Answer.Ok(_publisher.Key.Sign(Encoding.ASCII.GetBytes(list))));

        var image = await ResolveAsync(server, "arch");

        Assert.Equal(("20260901.10", $"/v20260901.10/{Name}"), (image.Revision, image.Location.AbsolutePath));
        Assert.Equal(3, server.Requests.Count);
    }

    [Theory]
    [InlineData("""<a href="latest/">latest/</a>""", "names no v{revision} among 1 names")]
    [InlineData("", "names no v{revision} among 0 names")]
    public async Task A_listing_without_the_image_says_how_much_was_read(string listing, string expected)
    {
        await using var server = new ScriptedServer().On("GET", "/", Answer.Ok(listing));

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => ResolveAsync(server, "arch"));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_somebody_else_has_signed_is_refused()
    {
        var list = $"{Hexes[0]}  AlmaLinux-9-GenericCloud-9.8-20260526.x86_64.qcow2\n";
        await using var server = new ScriptedServer()
            .On("GET", Alma + "CHECKSUM", Answer.Ok(list))
            .On("GET", Alma + "CHECKSUM.asc", Answer.Ok(TestKey.Ed25519().Sign(Encoding.ASCII.GetBytes(list))));

        await Assert.ThrowsAsync<SignatureException>(() => ResolveAsync(server, "almalinux9"));
    }

    [Theory]
    [InlineData("almalinux9", Alma + "CHECKSUM.asc")]
    [InlineData("flatcar-stable", "/amd64-usr/4593.2.5/flatcar_production_openstack_image.img.DIGESTS.asc")]
    public async Task A_missing_signature_is_a_refusal(string key, string missing)
    {
        await using var server = new ScriptedServer()
            .On("GET", Alma + "CHECKSUM", Answer.Ok($"{Hexes[0]}  AlmaLinux-9-GenericCloud-9.8-20260526.x86_64.qcow2\n"))
            .On("GET", "/amd64-usr/current/version.txt", Answer.Ok("FLATCAR_VERSION=4593.2.5\n"))
            .On("GET", missing, Answer.Of(404));

        var refusal = await Assert.ThrowsAsync<SignatureException>(() => ResolveAsync(server, key));

        Assert.Contains($"{missing} is missing", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{0} image-1.2.qcow2")]
    [InlineData("{0}")]
    [InlineData("SHA256 (image-1.2.qcow2) = {0}")]
    public async Task A_list_beside_one_image_need_not_name_it(string line)
    {
        var image = await ResolveBesideAsync(line);

        Assert.Equal(("1.2", $"sha256:{Hexes[0]}"), (image.Revision, image.Digest.ToString()));
    }

    /// <summary>Else whoever holds an older list, signed or not, gives its digest to a newer revision.</summary>
    [Theory]
    [InlineData("{0}  image-1.1.qcow2")]
    [InlineData("{0}  image-latest.qcow2")]
    [InlineData("SHA256 (image-1.1.qcow2) = {0}")]
    public async Task A_list_beside_one_image_that_names_another_is_refused(string line)
    {
        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => ResolveBesideAsync(line));

        Assert.Contains("has no sha256 digest for image-1.2.qcow2", refusal.Message, StringComparison.OrdinalIgnoreCase);
    }

    private async Task<ResolvedImage> ResolveBesideAsync(string line)
    {
        var sidecar = string.Format(System.Globalization.CultureInfo.InvariantCulture, line, Hexes[0]);
        await using var server = new ScriptedServer()
            .On("GET", "/", Answer.Ok("""<a href="image-1.2.qcow2">x</a>"""))
            .On("GET", "/image-1.2.qcow2.sha256", Answer.Ok(sidecar));
        var spec = Spec(server, "arch");

        return await _publisher.ResolveAsync(spec with
        {
            Path = "",
            ImageName = "image-{revision}.qcow2",
            Publisher = spec.Publisher with { Signature = SignaturePolicy.None },
            Pieces = new Pieces(new NewestPiece(NewestIn.Listing), new DigestsPiece("{image}.sha256", DigestAlgorithm.Sha256), null),
        });
    }

    private DistributionSpec Spec(ScriptedServer server, string key)
    {
        var spec = CatalogLoader.Load(userFile: null, new Dictionary<string, Uri>(StringComparer.Ordinal)).Get(key);
        return spec with { Publisher = spec.Publisher with { BaseUrl = server.Url, SignedBy = [_publisher.Key.Fingerprint] } };
    }

    private Task<ResolvedImage> ResolveAsync(ScriptedServer server, string key) => _publisher.ResolveAsync(Spec(server, key));
}

using System.Security.Cryptography.X509Certificates;
using Imgsync.Core.Catalog;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Client;
using Imgsync.Testing;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Upstream.Client;

public sealed class UpstreamTlsTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"authority-{Guid.NewGuid():N}.pem");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_file);

    [Fact]
    [Shows("a-certificate-nobody-vouches-for-is-refused-with-the-setting-that-would-help")]
    public async Task A_certificate_nobody_vouches_for_is_refused_with_the_setting_that_would_help()
    {
        using var certificate = TestCertificate.Create();
        await using var server = new ScriptedServer(certificate);
        using var client = UpstreamFixture.Client(UpstreamFixture.Options with { Retries = 3 });

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => client.ReadAsync(server.Url, 7, Cancelled));

        Assert.Contains("offers no TLS that is trusted", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("upstream.caFile", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task An_authority_of_the_operators_is_trusted_beside_the_systems()
    {
        using var certificate = TestCertificate.Create();
        await File.WriteAllTextAsync(_file, certificate.ExportCertificatePem(), Cancelled);
        await using var server = new ScriptedServer(certificate).On("GET", "/list", Answer.Ok("content"));
        using var client = UpstreamFixture.Client(UpstreamFixture.Options with { CaFile = _file });

        Assert.Equal("content"u8.ToArray(), await client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));
    }

    [Fact]
    public async Task Another_authority_does_not_help()
    {
        using var certificate = TestCertificate.Create();
        using var other = TestCertificate.Create();
        await File.WriteAllTextAsync(_file, other.ExportCertificatePem(), Cancelled);
        await using var server = new ScriptedServer(certificate);
        using var client = UpstreamFixture.Client(UpstreamFixture.Options with { CaFile = _file });

        await Assert.ThrowsAsync<UpstreamException>(() => client.ReadAsync(server.Url, 7, Cancelled));
    }

    [Fact]
    public async Task A_trusted_certificate_for_another_name_is_refused()
    {
        using var certificate = TestCertificate.Create();
        await File.WriteAllTextAsync(_file, certificate.ExportCertificatePem(), Cancelled);
        await using var server = new ScriptedServer(certificate, System.Net.IPAddress.Parse("127.0.0.2"));
        using var client = UpstreamFixture.Client(UpstreamFixture.Options with { CaFile = _file });

        await Assert.ThrowsAsync<UpstreamException>(() => client.ReadAsync(server.Url, 7, Cancelled));
    }

    [Fact]
    [Shows("a-publishers-own-authority-vouches-for-no-other-publisher")]
    public async Task A_publishers_own_authority_vouches_for_no_other_publisher()
    {
        await using var mirrors = new TwoMirrors();
        var (debian, ubuntu) = mirrors;
        using var client = Client(mirrors, ("debian", debian.Authority), ("UBUNTU", ubuntu.Authority));
        using var swapped = Client(mirrors, ("debian", ubuntu.Authority), ("ubuntu", debian.Authority));
        using var one = Client(mirrors, ("debian", debian.Authority));

        Assert.Equal("list"u8.ToArray(), await client.ReadAsync(debian.List, 4, Cancelled));
        Assert.Equal("list"u8.ToArray(), await client.ReadAsync(ubuntu.List, 4, Cancelled));
        await AssertRefusedAsync(swapped, debian.List, "upstream.caFiles.debian");
        await AssertRefusedAsync(swapped, ubuntu.List, "upstream.caFiles.ubuntu");
        Assert.Equal("list"u8.ToArray(), await one.ReadAsync(debian.List, 4, Cancelled));
        await AssertRefusedAsync(one, ubuntu.List, "upstream.caFiles.ubuntu");
    }

    [Fact]
    [Shows("a-publishers-own-authority-vouches-for-no-other-publisher")]
    public async Task A_publishers_own_authority_counts_instead_of_the_general_one()
    {
        await using var mirrors = new TwoMirrors();
        var (debian, ubuntu) = mirrors;
        using var own = Client(mirrors with { General = ubuntu.Authority }, ("debian", debian.Authority));
        using var general = Client(mirrors with { General = debian.Authority }, ("ubuntu", ubuntu.Authority));

        Assert.Equal("list"u8.ToArray(), await own.ReadAsync(debian.List, 4, Cancelled));
        Assert.Equal("list"u8.ToArray(), await own.ReadAsync(ubuntu.List, 4, Cancelled));
        await AssertRefusedAsync(general, new Uri(ubuntu.List, "/elsewhere"), "upstream.caFile");
        Assert.Equal("list"u8.ToArray(), await general.ReadAsync(debian.List, 4, Cancelled));
    }

    [Fact]
    [Shows("a-mirrors-own-authority-vouches-for-no-publisher")]
    public async Task A_mirrors_own_authority_vouches_for_no_publisher_and_a_publishers_for_no_mirror()
    {
        await using var mirrors = new TwoMirrors();
        var (debian, ubuntu) = mirrors;
        var mirror = new DistributionOverrides { Mirrors = [new Uri(ubuntu.List, "below/")], CaFile = ubuntu.Authority };
        using var client = Client(mirrors, mirror, ("debian", debian.Authority));
        using var bare = Client(mirrors, mirror with { CaFile = null }, ("debian", ubuntu.Authority), ("ubuntu", ubuntu.Authority));

        Assert.Equal("list"u8.ToArray(), await client.ReadAsync(new Uri(ubuntu.List, "below/list"), 4, Cancelled));
        Assert.Equal("list"u8.ToArray(), await client.ReadAsync(debian.List, 4, Cancelled));
        await AssertRefusedAsync(client, ubuntu.List, "upstream.caFiles.ubuntu");
        await AssertRefusedAsync(bare, new Uri(ubuntu.List, "below/list"), "overrides.debian12.caFile");
    }

    [Fact]
    [Shows("a-publishers-own-authority-vouches-for-no-other-publisher")]
    public async Task Where_a_redirect_leads_the_authorities_of_the_publisher_that_was_asked_count()
    {
        await using var mirrors = new TwoMirrors();
        var (debian, ubuntu) = mirrors;
        debian.Server.Always("GET", "/debian/moved", Answer.Of(302).With("Location", ubuntu.List.AbsoluteUri));
        using var client = Client(mirrors, ("debian", debian.Authority), ("ubuntu", ubuntu.Authority));

        await AssertRefusedAsync(client, new Uri(debian.List, "moved"), "upstream.caFiles.debian");
    }

    [Fact]
    public void A_publishers_file_without_certificates_is_a_configuration_error_that_names_its_key()
    {
        File.WriteAllText(_file, "no certificate at all");
        var refusal = Assert.Throws<ConfigurationException>(() => UpstreamFixture.Client(
            distributions: [Debian(_file)]));

        Assert.Contains($"upstream.caFiles.debian names {_file}", refusal.Message, StringComparison.Ordinal);

        static DistributionSpec Debian(string file) => CatalogLoader.Load(
            userFile: null,
            new Dictionary<string, Uri>(StringComparer.Ordinal),
            authorities: new Dictionary<string, string>(StringComparer.Ordinal) { ["debian"] = file }).Get("debian12");
    }

    private static UpstreamClient Client(TwoMirrors mirrors, params (string Publisher, string File)[] authorities) =>
        Client(mirrors, new DistributionOverrides(), authorities);

    private static UpstreamClient Client(
        TwoMirrors mirrors, DistributionOverrides debian12, params (string Publisher, string File)[] authorities) =>
        UpstreamFixture.Client(
            UpstreamFixture.Options with { CaFile = mirrors.General },
            distributions: [.. CatalogLoader.Load(
                userFile: null,
                new Dictionary<string, Uri>(StringComparer.Ordinal)
                {
                    ["debian"] = new Uri(mirrors.Debian.List, "."),
                    ["ubuntu"] = new Uri(mirrors.Ubuntu.List, "."),
                },
                new Dictionary<string, DistributionOverrides>(StringComparer.Ordinal) { ["debian12"] = debian12 },
                authorities.ToDictionary(pair => pair.Publisher, pair => pair.File, StringComparer.Ordinal)).All]);

    private static async Task AssertRefusedAsync(UpstreamClient client, Uri url, string setting)
    {
        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => client.ReadAsync(url, 4, Cancelled));

        Assert.Contains("offers no TLS that is trusted", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith($"name that in {setting}.", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no certificate at all")]
    public void A_file_without_certificates_is_a_configuration_error(string? content)
    {
        if (content is not null)
            File.WriteAllText(_file, content);

        var refusal = Assert.Throws<ConfigurationException>(() => UpstreamFixture.Client(UpstreamFixture.Options with { CaFile = _file }));

        Assert.Contains($"upstream.caFile names {_file}", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Two publishers' mirrors, each with an authority of its own that the system knows nothing of.</summary>
    private sealed record TwoMirrors : IAsyncDisposable
    {
        public Mirror Debian { get; } = new("debian");

        public Mirror Ubuntu { get; } = new("ubuntu");

        public string? General { get; init; }

        public void Deconstruct(out Mirror debian, out Mirror ubuntu) => (debian, ubuntu) = (Debian, Ubuntu);

        public async ValueTask DisposeAsync()
        {
            await Debian.DisposeAsync();
            await Ubuntu.DisposeAsync();
        }
    }

    private sealed class Mirror : IAsyncDisposable
    {
        private readonly X509Certificate2 _certificate;

        public Mirror(string publisher)
        {
            _certificate = TestCertificate.Create($"CN={publisher}");
            File.WriteAllText(Authority, _certificate.ExportCertificatePem());
            Server = new ScriptedServer(_certificate)
                .Always("GET", $"/{publisher}/list", Answer.Ok("list")).Always("GET", $"/{publisher}/below/list", Answer.Ok("list"));
            List = new Uri(Server.Url, $"/{publisher}/list");
        }

        public string Authority { get; } = Path.Combine(Path.GetTempPath(), $"authority-{Guid.NewGuid():N}.pem");

        public ScriptedServer Server { get; }

        public Uri List { get; }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            _certificate.Dispose();
            File.Delete(Authority);
        }
    }
}

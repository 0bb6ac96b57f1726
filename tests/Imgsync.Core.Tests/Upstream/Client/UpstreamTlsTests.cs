using Imgsync.Core.Upstream;
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
}

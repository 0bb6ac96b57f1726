using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Imgsync.Core.Configuration;
using Imgsync.Testing;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Glance;

/// <summary>A real Keystone and Glance behind TLS that asks for a client certificate.</summary>
public sealed class ClientCertificateTests(DevCloud cloud) : IClassFixture<DevCloud>, IDisposable
{
    private readonly X509Certificate2 _server = TestCertificate.Create();
    private readonly X509Certificate2 _client = TestCertificate.Create("CN=syncer");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("imgsync-tls-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, SslProtocols.Tls12)]
    [InlineData(false, SslProtocols.Tls13)]
    public async Task The_certificate_opens_Keystone_and_Glance(bool keyApart, SslProtocols protocol)
    {
        await using var keystone = new TlsFront(cloud.KeystoneUrl, _server, _client, protocol);
        await using var glance = new TlsFront(cloud.GlanceUrl, _server, _client, protocol);
        using var connection = Connect.To(Show(Through(keystone, glance), keyApart));

        var image = await connection.Glance.CreateAsync(Connect.NewImage(DevCloud.UniquePrefix() + "mutual"), Cancellation);
        await connection.Glance.UploadAsync(image.Id, new MemoryStream([1, 2, 3]), 3, Cancellation);
        var shown = await connection.Glance.ShowAsync(image.Id, Cancellation);
        await connection.Glance.DeleteAsync(image.Id, Cancellation);

        Assert.Equal("active", shown!.Status);
        Assert.All(keystone.Shown.Concat(glance.Shown), subject => Assert.Equal("CN=syncer", subject));
        Assert.NotEmpty(keystone.Shown);
        Assert.NotEmpty(glance.Shown);
    }

    [Fact]
    public async Task Without_a_certificate_nobody_gets_through()
    {
        await using var keystone = new TlsFront(cloud.KeystoneUrl, _server, _client, SslProtocols.Tls12);
        using var connection = Connect.To(Through(keystone, keystone));

        var failure = await Assert.ThrowsAnyAsync<ImgsyncException>(() => connection.Keystone.GetTokenAsync(Cancellation));

        Assert.Contains(keystone.Url.Authority, failure.Message, StringComparison.Ordinal);
        Assert.Empty(keystone.Shown);
    }

    [Fact]
    public void A_key_of_another_certificate_is_a_configuration_error()
    {
        using var other = TestCertificate.Create();
        var options =
            new CloudOptions { CertFile = Write("cert.pem", _client.ExportCertificatePem()), KeyFile = Write("key.pem", KeyOf(other)) };

        var fault = Assert.Throws<ConfigurationException>(() => Connect.To(options));

        Assert.StartsWith("clouds[].certFile of cloud 'default' cannot be used", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_without_its_key_and_a_key_without_its_certificate_are_configuration_errors()
    {
        var certificate = Write("cert.pem", _client.ExportCertificatePem());
        var key = Write("key.pem", KeyOf(_client));

        var noKey = Assert.Throws<ConfigurationException>(() => Connect.To(new CloudOptions { CertFile = certificate }));
        var noCertificate = Assert.Throws<ConfigurationException>(() => Connect.To(new CloudOptions { KeyFile = key }));
        var nothing = Assert.Throws<ConfigurationException>(() => Connect.To(new CloudOptions { CertFile = "/nowhere/cert.pem" }));

        Assert.Contains("its private key without a passphrase", noKey.Message, StringComparison.Ordinal);
        Assert.Contains("there is no certFile", noCertificate.Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/cert.pem", nothing.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    private CloudOptions Through(TlsFront keystone, TlsFront glance)
    {
        var syncer = cloud.Cloud();
        return syncer with
        {
            Auth = syncer.Auth with { AuthUrl = keystone.Url },
            ImageEndpoint = glance.Url,
            CaFile = Write("ca.pem", _server.ExportCertificatePem()),
        };
    }

    private CloudOptions Show(CloudOptions options, bool keyApart) => keyApart
        ? options with { CertFile = Write("cert.pem", _client.ExportCertificatePem()), KeyFile = Write("key.pem", KeyOf(_client)) }
        : options with { CertFile = Write("both.pem", KeyOf(_client) + "\n" + _client.ExportCertificatePem()) };

    private static string KeyOf(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    private string Write(string name, string content)
    {
        var file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, content);
        return file;
    }
}

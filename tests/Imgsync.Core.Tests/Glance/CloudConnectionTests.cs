using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Testing;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Glance;

/// <summary>The way to a cloud: certificates, names, and what is said when there is no way. Sign-in stands for any request.</summary>
public sealed class CloudConnectionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Shows("an-unknown-certificate-is-refused-naming-the-setting")]
    public async Task An_unknown_certificate_is_refused_naming_the_setting()
    {
        using var certificate = TestCertificate.Create();
        await using var server = new ScriptedServer(certificate);
        using var connection = Connect.To(ScriptedCloud.Options(server));

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Keystone.GetTokenAsync(Cancellation));

        Assert.Contains("name its authority in clouds[].caFile", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_the_configured_authority_is_trusted()
    {
        using var certificate = TestCertificate.Create();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem(), Cancellation);
        await using var server = new ScriptedServer(certificate).SigningIn();
        using var connection = Connect.To(ScriptedCloud.Options(server) with { CaFile = file });

        var token = await connection.Keystone.GetTokenAsync(Cancellation);

        Assert.Equal("p1", token.ProjectId);
        File.Delete(file);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData(@"\n")]
    public async Task An_authority_given_by_value_is_trusted_however_its_lines_end(string lineEnd)
    {
        using var certificate = TestCertificate.Create();
        var pem = certificate.ExportCertificatePem().Replace("\n", lineEnd, StringComparison.Ordinal);
        await using var server = new ScriptedServer(certificate).SigningIn();
        using var connection = Connect.To(ScriptedCloud.Options(server) with { CaPem = pem });

        Assert.Equal("p1", (await connection.Keystone.GetTokenAsync(Cancellation)).ProjectId);
    }

    [Theory]
    [InlineData("no certificate at all")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")]
    public void A_value_without_authorities_is_a_configuration_error_that_does_not_repeat_it(string pem)
    {
        var fault = Assert.Throws<ConfigurationException>(() => Connect.To(new CloudOptions { CaPem = pem }));

        Assert.StartsWith("clouds[].caPem of cloud 'default' has a value that", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AAAA", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Authorities_by_file_and_by_value_are_one_too_many()
    {
        var fault = Assert.Throws<ConfigurationException>(() => Connect.To(new CloudOptions { CaPem = "x", CaFile = "y" }));

        Assert.Contains("leave one out", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_authority_in_the_file_does_not_help()
    {
        using var certificate = TestCertificate.Create();
        using var other = TestCertificate.Create();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, other.ExportCertificatePem(), Cancellation);
        await using var server = new ScriptedServer(certificate);
        using var connection = Connect.To(ScriptedCloud.Options(server) with { CaFile = file });

        await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Keystone.GetTokenAsync(Cancellation));
        File.Delete(file);
    }

    [Fact]
    public async Task Insecure_trusts_anyone()
    {
        using var certificate = TestCertificate.Create();
        await using var server = new ScriptedServer(certificate).SigningIn();
        using var connection = Connect.To(ScriptedCloud.Options(server) with { Insecure = true });

        var token = await connection.Keystone.GetTokenAsync(Cancellation);

        Assert.Equal("p1", token.ProjectId);
    }

    [Theory]
    [InlineData("/nowhere/ca.pem")]
    [InlineData("/etc/hostname")]
    public void A_file_without_authorities_is_a_configuration_error(string file)
    {
        var fault = Assert.Throws<ConfigurationException>(() => Connect.To(new CloudOptions { CaFile = file }));

        Assert.Contains("clouds[].caFile of cloud 'default'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cloud_that_is_not_there_is_unavailable()
    {
        var url = new Uri("http://127.0.0.1:1/v3");
        using var connection = Connect.To(new CloudOptions
        {
            Auth = new KeystoneOptions { AuthUrl = url, Username = "syncer", Password = new Secret(ScriptedCloud.Password) },
        });

        var failure = await Assert.ThrowsAsync<CloudUnavailableException>(() => connection.Keystone.GetTokenAsync(Cancellation));

        Assert.Contains("cannot be reached", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_cloud_is_given_up_on()
    {
        await using var server = new ScriptedServer().Always("POST", "/v3/auth/tokens", Answer.Silence);
        using var connection = Connect.To(ScriptedCloud.Options(server) with { Timeout = TimeSpan.FromMilliseconds(100) });

        var failure = await Assert.ThrowsAsync<CloudUnavailableException>(() => connection.Keystone.GetTokenAsync(Cancellation));

        Assert.Contains("did not answer within 100 ms", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_request_is_cancelled_and_no_failure()
    {
        await using var server = new ScriptedServer().Always("POST", "/v3/auth/tokens", Answer.Silence);
        using var connection = Connect.To(ScriptedCloud.Options(server));
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.Keystone.GetTokenAsync(stop.Token));
    }

    [Fact]
    [Shows("what-a-server-echoes-of-our-secrets-is-not-repeated")]
    public async Task What_a_server_echoes_of_our_secrets_is_not_repeated()
    {
        await using var server = new ScriptedServer().Always("POST", "/v3/auth/tokens", Answer.Of(400, $"no: {ScriptedCloud.Password}"));
        using var connection = Connect.To(ScriptedCloud.Options(server));

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Keystone.GetTokenAsync(Cancellation));

        Assert.DoesNotContain(ScriptedCloud.Password, refusal.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"no: ***\"", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Shows("a-token-that-a-server-echoes-is-not-repeated")]
    public async Task A_token_that_a_server_echoes_is_not_repeated()
    {
        await using var server = new ScriptedServer().SigningIn().Always(
            "DELETE", "/image/v2/images/i1", Answer.Of(400, "sent: x-auth-token: scripted-token-1"));
        using var connection = Connect.To(ScriptedCloud.Options(server));

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Glance.DeleteAsync("i1", Cancellation));

        Assert.DoesNotContain("scripted-token-1", refusal.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"sent: x-auth-token: ***\"", refusal.Message, StringComparison.Ordinal);
    }
}

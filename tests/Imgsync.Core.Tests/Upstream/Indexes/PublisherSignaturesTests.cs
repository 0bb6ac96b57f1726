using System.Security.Cryptography.X509Certificates;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Signatures;
using Imgsync.Core.Tests.Signatures;
using Imgsync.Core.Tests.Upstream.Client;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Indexes;
using Imgsync.Testing;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Upstream.Indexes;

/// <summary>The three policies, over a real TLS connection, and what the report then says.</summary>
public sealed class PublisherSignaturesTests : IAsyncDisposable
{
    private static readonly byte[] List = "3a5f *image.img\n"u8.ToArray();

    private readonly TestKey _key = TestKey.Ed25519();
    private readonly string _authority = Path.Combine(Path.GetTempPath(), $"authority-{Guid.NewGuid():N}.pem");
    private readonly X509Certificate2 _certificate = TestCertificate.Create();
    private readonly ScriptedServer _server;

    public PublisherSignaturesTests()
    {
        File.WriteAllText(_authority, _certificate.ExportCertificatePem());
        _server = new ScriptedServer(_certificate);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificate.Dispose();
        File.Delete(_authority);
    }

    [Theory]
    [InlineData(SignaturePolicy.Required)]
    [InlineData(SignaturePolicy.Preferred)]
    public async Task A_good_signature_is_told_with_the_full_fingerprint(SignaturePolicy policy)
    {
        _server.On("GET", "/SHA256SUMS.gpg", Answer.Ok(_key.Sign(List)));

        var provenance = await CheckAsync(policy);

        Assert.Equal($"signed by {_key.Fingerprint}", provenance.ToString());
    }

    [Fact]
    [Shows("where-the-publisher-does-not-sign-nothing-is-asked-for-and-the-report-says-so")]
    public async Task Where_the_publisher_does_not_sign_nothing_is_asked_for_and_the_report_says_so()
    {
        var provenance = await CheckAsync(SignaturePolicy.None);

        Assert.Equal("digest over HTTPS, not signed", provenance.ToString());
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task A_missing_signature_that_is_preferred_is_told_in_the_report()
    {
        _server.On("GET", "/SHA256SUMS.gpg", Answer.Of(404));

        Assert.Equal("digest over HTTPS, not signed", (await CheckAsync(SignaturePolicy.Preferred)).ToString());
    }

    [Fact]
    [Shows("a-missing-signature-that-is-required-is-a-refusal")]
    public async Task A_missing_signature_that_is_required_is_a_refusal()
    {
        _server.On("GET", "/SHA256SUMS.gpg", Answer.Of(404));

        var refusal = await Assert.ThrowsAsync<SignatureException>(() => CheckAsync(SignaturePolicy.Required));

        Assert.Contains(
            "SHA256SUMS.gpg is missing, and without it nothing of this publisher is used", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [Shows("a-bad-signature-is-a-refusal-also-where-it-is-only-preferred")]
    [InlineData(SignaturePolicy.Required)]
    [InlineData(SignaturePolicy.Preferred)]
    public async Task A_bad_signature_is_a_refusal_also_where_it_is_only_preferred(SignaturePolicy policy)
    {
        _server.On("GET", "/SHA256SUMS.gpg", Answer.Ok(_key.Sign("another list"u8.ToArray())));

        var refusal = await Assert.ThrowsAsync<SignatureException>(() => CheckAsync(policy));

        Assert.Contains("does not match the content", refusal.Message, StringComparison.Ordinal);
    }

    private async Task<Provenance> CheckAsync(SignaturePolicy policy)
    {
        using var client = UpstreamFixture.Client(UpstreamFixture.Options with { CaFile = _authority });
        var publisher =
            new Publisher
            {
                OfficialUrl = _server.Url,
                BaseUrl = _server.Url,
                Index = "ubuntu",
                Signature = policy,
                SignedBy = [_key.Fingerprint]
            };
        return await new PublisherSignatures(client, Verification.With(TestKeyring.Of(_key)))
            .CheckAsync(List, new Uri(_server.Url, "SHA256SUMS.gpg"), publisher, Cancelled);
    }
}

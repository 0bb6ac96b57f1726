using System.Globalization;
using System.Security.Cryptography;
using Imgsync.Core.Content;
using Imgsync.Core.DiskImages;
using Imgsync.Core.Tests.Upstream.Client;
using Imgsync.Testing;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.DiskImages;

/// <summary>A mirror that leads us to something inside must not learn from our reports what that is.</summary>
public sealed class RefusedBytesTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [Shows("bytes-that-are-refused-are-not-described")]
    [InlineData(DigestAlgorithm.Sha256)]
    [InlineData(DigestAlgorithm.Sha512)]
    public async Task Bytes_that_are_not_the_published_ones_are_not_described(DigestAlgorithm algorithm)
    {
        var secret = new byte[12345];
        var published = Digest.FromBytes(algorithm, new byte[algorithm is DigestAlgorithm.Sha256 ? 32 : 64]);
        using var verifier = new ContentVerifier(published, "qcow2", new Uri("https://mirror.example/a.qcow2"), sha256: false);
        await verifier.WriteAsync(secret, Cancelled);

        var refusal = Assert.Throws<WrongDigestException>(verifier.Conclude);

        Assert.Contains($"does not hash to {published}", refusal.Message, StringComparison.Ordinal);
        AssertSaysNothingOf(secret, refusal.ToString());
    }

    [Fact]
    public async Task Nor_is_what_is_longer_than_any_image_may_be()
    {
        var secret = new byte[12345];
        await using var server = new ScriptedServer().On("GET", "/image", Answer.Ok(secret));
        using var client = UpstreamFixture.Client(UpstreamFixture.Options with { MaxImageBytes = 1024 });

        var refusal = await Assert.ThrowsAsync<ContentTooLongException>(
            () => client.OpenAsync(new Uri(server.Url, "image"), from: 0, ifRange: null, Cancelled));

        Assert.Contains("more than the 1 KiB that upstream.maxImageBytes allows", refusal.Message, StringComparison.Ordinal);
        AssertSaysNothingOf(secret, refusal.ToString());
    }

    private static void AssertSaysNothingOf(byte[] secret, string message)
    {
        Assert.DoesNotContain(Convert.ToHexStringLower(SHA256.HashData(secret)), message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Convert.ToHexStringLower(SHA512.HashData(secret)), message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(secret.Length.ToString(CultureInfo.InvariantCulture), message, StringComparison.Ordinal);
    }
}

using System.Text.Json;
using Imgsync.Core.Content;

namespace Imgsync.Core.Tests.Content;

public sealed class DigestTests
{
    [Fact]
    public void The_debian_manifests_unpadded_base64_is_the_same_digest_as_the_hex_of_its_checksum_file()
    {
        var bytes = Enumerable.Range(0, 64).Select(i => (byte)(i * 7)).ToArray();

        Assert.True(Digest.TryFromBase64(DigestAlgorithm.Sha512, Convert.ToBase64String(bytes).TrimEnd('='), out var fromManifest));
        Assert.True(Digest.TryFromHex(DigestAlgorithm.Sha512, Convert.ToHexString(bytes), out var fromSums));

        Assert.Equal(fromSums, fromManifest);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("zz")]
    public void A_digest_of_the_wrong_length_or_alphabet_is_not_a_digest(string hex) =>
        Assert.False(Digest.TryFromHex(DigestAlgorithm.Sha256, hex, out _));

    [Fact]
    public void A_digest_survives_json()
    {
        var digest = Digest.FromBytes(DigestAlgorithm.Sha256, new byte[32]);

        Assert.Equal(digest, JsonSerializer.Deserialize<Digest>(JsonSerializer.Serialize(digest)));
    }
}

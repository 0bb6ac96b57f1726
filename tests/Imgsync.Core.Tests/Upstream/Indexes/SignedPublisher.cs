using Imgsync.Core.Catalog;
using Imgsync.Core.Tests.Signatures;
using Imgsync.Core.Tests.Upstream.Client;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Indexes;
using Imgsync.Core.Upstream.Indexes.Layouts;
using Imgsync.Testing.Upstream;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Imgsync.Core.Tests.Upstream.Indexes;

/// <summary>A publisher made of pieces, with a key of its own.</summary>
internal sealed class SignedPublisher
{
    /// <summary>SHA-256 digests for images that nobody reads.</summary>
    public static readonly string[] Hexes = [.. "abcdef".Select(digit => new string(digit, 64))];

    public TestKey Key { get; } = TestKey.Ed25519();

    public async Task<ResolvedImage> ResolveAsync(DistributionSpec spec)
    {
        using var client = UpstreamFixture.Client();
        var signatures = new PublisherSignatures(client, Verification.With(TestKeyring.Of(Key)));
        return await new PiecesIndex(client, signatures).ResolveAsync(spec, TestContext.Current.CancellationToken);
    }

    public string ClearSigned(string text) => ClearSigned(text, Key);

    public static string ClearSigned(string text, TestKey key) => ClearSignedText.Of(
        text, "SHA256",
        canonical => TestKeyring.Armour("SIGNATURE", key.Sign(canonical, new SigningStyle { Type = PgpSignature.CanonicalTextDocument })));
}

using System.Text;
using Imgsync.Core.Signatures;
using Imgsync.Core.Signatures.Documents;
using Imgsync.Core.Staging.Folders;
using Microsoft.Extensions.Time.Testing;

namespace Imgsync.Core.Tests.Signatures;

/// <summary>What most tests of signatures start from.</summary>
internal static class Verification
{
    public const string What = "https://example.org/SHA256SUMS";

    public static readonly byte[] Document = "3a5f *image.img\n77aa *other.img\n"u8.ToArray();

    public static readonly KeyCache NoCache = new(new FolderDocumentStore("/nowhere"));

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public static SignatureVerifier With(params TestKeyring[] keyrings) =>
        At(TestKey.Now, [.. keyrings.Select(keyring => keyring.Armoured)]);

    public static SignatureVerifier At(DateTimeOffset now, params string[] armouredKeyrings) => new(
        new KeyFinder([.. armouredKeyrings.Select(armour => new KeyringText(armour))], NoCache, server: null),
        new FakeTimeProvider(now));

    public static async Task<string> VerifyAsync(this SignatureVerifier verifier, byte[] signature, params string[] pins) =>
        (await verifier.VerifyDetachedAsync(Document, signature, pins, What, CancellationToken)).Fingerprint;

    public static Task<ClearSigned> VerifyClearAsync(this SignatureVerifier verifier, string file, params string[] pins) =>
        verifier.VerifyClearSignedAsync(Encoding.Latin1.GetBytes(file), pins, What, CancellationToken);

    public static async Task AssertRefusedAsync(Task verification, string reason) =>
        Assert.Contains(reason, await RefusalAsync(verification), StringComparison.Ordinal);

    /// <summary>The sentence that the refusal says.</summary>
    public static async Task<string> RefusalAsync(Task verification) =>
        (await Assert.ThrowsAsync<SignatureException>(() => verification)).Message;
}

using System.Text;
using Imgsync.Core.Signatures;
using Imgsync.Core.Signatures.Documents;
using Imgsync.Testing;
using Microsoft.Extensions.Time.Testing;
using static Imgsync.Core.Tests.Signatures.Verification;

namespace Imgsync.Core.Tests.Signatures;

/// <summary>Whatever arrives, the answer is a fingerprint or a refusal: no other exception, no hang, no flood of memory.</summary>
public sealed class MalformedInputTests
{
    private const long MostMemory = 16 * 1024 * 1024;
    private static readonly TestKey Publisher = TestKey.Ed25519();
    private static readonly TestKey Subkey = TestKey.Ed25519();
    private static readonly byte[] GoodKeyring = TestKeyring.Of(Publisher).WithSubkey(Subkey).Bytes;

    [Fact]
    [Shows("every-flipped-bit-of-a-signature-is-noticed")]
    public async Task Every_flipped_bit_of_a_signature_is_noticed()
    {
        var withFingerprint = SigningStyle.Saying(packets => packets.SetIssuerFingerprint(false, Subkey.Public));
        foreach (var good in new[] { Publisher.Sign(Document), Subkey.Sign(Document, withFingerprint) })
        {
            for (var bit = 0; bit < good.Length * 8; bit++)
                Assert.False(await IsAcceptedAsync(WithBitFlipped(good, bit), GoodKeyring), $"Bit {bit}");
        }
    }

    [Fact]
    public async Task Every_flipped_bit_of_an_rsa_signature_of_version_3_is_noticed()
    {
        var good = TestKey.Rsa.SignOldStyle(Document);
        var verifier = At(DateTimeOffset.UtcNow, TestKeyring.Of(TestKey.Rsa).Armoured);
        await verifier.VerifyAsync(good, TestKey.Rsa.Fingerprint);

        for (var bit = 0; bit < good.Length * 8; bit++)
            await RefusalAsync(verifier.VerifyAsync(WithBitFlipped(good, bit), TestKey.Rsa.Fingerprint));
    }

    [Fact]
    [Shows("every-flipped-bit-of-an-armoured-signature-is-noticed")]
    public async Task Every_flipped_bit_of_an_armoured_signature_is_noticed()
    {
        var good = Encoding.ASCII.GetBytes(TestKeyring.Armour("SIGNATURE", Publisher.Sign(Document)));

        for (var bit = 0; bit < good.Length * 8; bit++)
            Assert.False(await IsAcceptedAsync(WithBitFlipped(good, bit), GoodKeyring), $"Bit {bit}");
    }

    [Property(MaxTest = 500)]
    public Task A_mutated_signature_is_accepted_or_refused(int seed) =>
        IsAcceptedAsync(Mutate(Subkey.Sign(Document), seed), GoodKeyring);

    [Property(MaxTest = 500)]
    public Task A_mutated_armoured_signature_is_accepted_or_refused(int seed) =>
        IsAcceptedAsync(Mutate(Encoding.ASCII.GetBytes(TestKeyring.Armour("SIGNATURE", Subkey.Sign(Document))), seed), GoodKeyring);

    [Property(MaxTest = 1000)]
    public Task A_mutated_keyring_is_of_use_or_refused(int seed) =>
        IsAcceptedAsync(Subkey.Sign(Document), Mutate(GoodKeyring, seed));

    [Property(MaxTest = 500)]
    public Task Any_bytes_are_accepted_or_refused(byte[] signature, byte[] keyring) =>
        IsAcceptedAsync([0x88, .. signature], [0x98, .. keyring]);

    [Property(MaxTest = 500)]
    public async Task A_mutated_clear_signed_file_is_accepted_or_refused(int seed)
    {
        var signature = Publisher.Sign("one\r\ntwo"u8.ToArray(), new SigningStyle { Type = 1 });
        var file = $"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\none\ntwo\n{TestKeyring.Armour("SIGNATURE", signature)}";

        await WithinBoundsAsync(GoodKeyring, async verifier =>
        {
            var signed = await verifier.VerifyClearSignedAsync(
                Mutate(Encoding.ASCII.GetBytes(file), seed), [Publisher.Fingerprint], What, TestContext.Current.CancellationToken);
            Assert.Equal("one\ntwo\n", Encoding.ASCII.GetString(signed.Text));
        });
    }

    [Theory]
    [InlineData("c2ff7fffffff")] // a signature of two gigabytes
    [InlineData("8affffffff")]
    [InlineData("c2e0")] // of partial length
    [InlineData("8b04")] // of no length
    [InlineData("880404ffffff")] // subpackets beyond the end
    [InlineData("c2")]
    public async Task A_length_that_is_not_there_is_refused(string hex) =>
        Assert.False(await IsAcceptedAsync(Convert.FromHexString(hex), GoodKeyring));

    private static Task<bool> IsAcceptedAsync(byte[] signature, byte[] keyring) =>
        WithinBoundsAsync(keyring, verifier => verifier.VerifyAsync(signature, Publisher.Fingerprint));

    private static async Task<bool> WithinBoundsAsync(byte[] keyring, Func<SignatureVerifier, Task> verify)
    {
        var keys = new KeyFinder([new KeyringBytes(keyring)], Verification.NoCache, server: null);
        var verifier = new SignatureVerifier(keys, new FakeTimeProvider(TestKey.Now));
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            await verify(verifier);
            return true;
        }
        catch (SignatureException)
        {
            return false;
        }
        finally
        {
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostMemory);
        }
    }

    private static byte[] WithBitFlipped(byte[] good, int bit)
    {
        var bad = good.ToArray();
        bad[bit / 8] ^= (byte)(1 << (bit % 8));
        return bad;
    }

    private static byte[] Mutate(byte[] good, int seed)
    {
        var random = new Random(seed);
        var bytes = good.ToList();
        for (var changes = random.Next(1, 5); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            var count = random.Next(1, Math.Min(40, bytes.Count - at) + 1);
            switch (random.Next(5))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, count); break;
                case 3: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, count)); break;
                default: bytes.RemoveRange(at, bytes.Count - at); break;
            }
        }

        return [.. bytes];
    }

    private sealed class KeyringBytes(byte[] keyring) : IKeySource
    {
        public string Name => "the keyring of this test";

        public Task<ReadOnlyMemory<byte>?> FindAsync(string fingerprint, CancellationToken cancellationToken) =>
            Task.FromResult<ReadOnlyMemory<byte>?>(keyring);
    }
}

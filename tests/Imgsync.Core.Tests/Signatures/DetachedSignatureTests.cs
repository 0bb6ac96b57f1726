using System.Text;
using Imgsync.Core.Signatures.Documents;
using Imgsync.Testing;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using static Imgsync.Core.Tests.Signatures.Verification;

namespace Imgsync.Core.Tests.Signatures;

public sealed class DetachedSignatureTests
{
    private readonly TestKey _publisher = TestKey.Ed25519();
    private readonly SignatureVerifier _verifier;

    public DetachedSignatureTests() => _verifier = With(TestKeyring.Of(_publisher));

    [Fact]
    public async Task A_binary_signature_by_a_pinned_ed25519_key_is_good()
    {
        var signer = await _verifier.VerifyAsync(_publisher.Sign(Document), _publisher.Fingerprint);

        Assert.Equal(_publisher.Fingerprint, signer);
    }

    [Fact]
    public async Task A_binary_signature_by_a_pinned_rsa_key_is_good()
    {
        var publisher = TestKey.Rsa;

        var signer = await With(TestKeyring.Of(publisher)).VerifyAsync(publisher.Sign(Document), publisher.Fingerprint);

        Assert.Equal(publisher.Fingerprint, signer);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_armoured_signature_is_good_with_and_without_a_checksum(bool withCheck)
    {
        var armoured = TestKeyring.Armour("SIGNATURE", _publisher.Sign(Document), withCheck);

        var signer = await _verifier.VerifyAsync(Encoding.ASCII.GetBytes(armoured), _publisher.Fingerprint);

        Assert.Equal(_publisher.Fingerprint, signer);
    }

    [Fact]
    public async Task A_version_3_signature_is_good()
    {
        var publisher = TestKey.Rsa;
        var verifier = At(DateTimeOffset.UtcNow, TestKeyring.Of(publisher).Armoured);

        var signer = await verifier.VerifyAsync(publisher.SignOldStyle(Document), publisher.Fingerprint);

        Assert.Equal(publisher.Fingerprint, signer);
    }

    [Fact]
    public async Task A_text_signature_does_not_mind_the_kind_of_line_ends()
    {
        var signature = _publisher.Sign("one\r\ntwo\r\n"u8.ToArray(), new SigningStyle { Type = PgpSignature.CanonicalTextDocument });

        var signer = await _verifier.VerifyDetachedAsync(
            "one\ntwo\n"u8.ToArray(), signature, [_publisher.Fingerprint], What, TestContext.Current.CancellationToken);

        Assert.Equal(_publisher.Fingerprint, signer.Fingerprint);
    }

    [Fact]
    public async Task Pins_may_be_written_in_lower_case()
    {
        var signer = await _verifier.VerifyAsync(_publisher.Sign(Document), _publisher.Fingerprint.ToLowerInvariant());

        Assert.Equal(_publisher.Fingerprint, signer);
    }

    [Fact]
    public async Task Of_several_signatures_one_by_a_pinned_key_suffices()
    {
        var stranger = TestKey.Ed25519();
        var weak = _publisher.Sign(Document, new SigningStyle { Hash = HashAlgorithmTag.Sha1 });
        byte[] three = [.. stranger.Sign(Document), .. weak, .. _publisher.Sign(Document)];

        var signer = await _verifier.VerifyAsync(three, _publisher.Fingerprint);

        Assert.Equal(_publisher.Fingerprint, signer);
    }

    [Fact]
    [Shows("a-good-signature-by-a-key-that-is-not-pinned-is-refused")]
    public async Task A_good_signature_by_a_key_that_is_not_pinned_is_refused()
    {
        var other = TestKey.Ed25519();

        var verifier = With(TestKeyring.Of(_publisher), TestKeyring.Of(other));

        var refusal = await RefusalAsync(verifier.VerifyAsync(other.Sign(Document), _publisher.Fingerprint));

        Assert.Equal(
            $"The signature of {What} is refused: no place that was asked has a pinned key ({_publisher.Fingerprint}) which made it; "
            + $"its issuer is {other.Public.KeyId:X16}; "
            + "use the publisher's own files, and see that its current key is in a configured keyring or on the key server.",
            refusal);
    }

    [Fact]
    public async Task A_signature_that_claims_the_pinned_key_but_is_made_by_another_is_refused()
    {
        var forger = TestKey.Ed25519();
        var forged = forger.Sign(Document, new SigningStyle
        {
            Unhashed = packets =>
            {
                packets.RemovePacket(packets.GetSubpackets(SignatureSubpacketTag.IssuerKeyId)[0]);
                packets.SetIssuerKeyID(isCritical: false, _publisher.Public.KeyId);
            },
        });

        await AssertRefusedAsync(
            _verifier.VerifyAsync(forged, _publisher.Fingerprint),
            "does not match the content");
    }

    [Fact]
    public async Task A_key_id_pins_nothing()
    {
        await AssertRefusedAsync(
            _verifier.VerifyAsync(_publisher.Sign(Document), _publisher.Fingerprint[^16..]),
            "full fingerprint of 40 hex digits");
    }

    [Fact]
    public async Task Without_pins_nothing_is_good() =>
        await RefusalAsync(_verifier.VerifyAsync(_publisher.Sign(Document)));

    [Theory]
    [Shows("a-signature-over-a-weak-hash-is-refused")]
    [InlineData(HashAlgorithmTag.Sha1)]
    [InlineData(HashAlgorithmTag.MD5)]
    [InlineData(HashAlgorithmTag.RipeMD160)]
    [InlineData(HashAlgorithmTag.Sha224)]
    public async Task A_signature_over_a_weak_hash_is_refused(HashAlgorithmTag hash)
    {
        var signature = TestKey.Rsa.Sign(Document, new SigningStyle { Hash = hash });

        await AssertRefusedAsync(
            With(TestKeyring.Of(TestKey.Rsa)).VerifyAsync(signature, TestKey.Rsa.Fingerprint),
            $"it uses the hash {hash};");
    }

    [Theory]
    [Shows("a-signature-that-was-made-for-something-else-than-a-document-is-refused")]
    [InlineData(PgpSignature.StandAlone)]
    [InlineData(PgpSignature.PositiveCertification)]
    [InlineData(PgpSignature.SubkeyBinding)]
    [InlineData(PgpSignature.Timestamp)]
    public async Task A_signature_that_was_made_for_something_else_than_a_document_is_refused(int type)
    {
        var signature = _publisher.Sign(Document, new SigningStyle { Type = type });

        await AssertRefusedAsync(
            _verifier.VerifyAsync(signature, _publisher.Fingerprint),
            "it is not made for documents");
    }

    [Fact]
    [Shows("an-expired-signature-is-refused")]
    public async Task An_expired_signature_is_refused()
    {
        var signature = _publisher.Sign(Document, SigningStyle.Saying(packets => packets.SetSignatureExpirationTime(true, 3600)));

        await AssertRefusedAsync(
            _verifier.VerifyAsync(signature, _publisher.Fingerprint),
            "it expired at 2026-05-31 13:00:00Z");
    }

    [Fact]
    public async Task A_signature_from_the_future_is_refused_beyond_a_clock_skew()
    {
        await _verifier.VerifyAsync(_publisher.Sign(Document, new SigningStyle { At = TestKey.Now.AddMinutes(9) }), _publisher.Fingerprint);
        await AssertRefusedAsync(
            _verifier.VerifyAsync(_publisher.Sign(Document, new SigningStyle { At = TestKey.Now.AddMinutes(11) }), _publisher.Fingerprint),
            "it was made in the future");
    }

    [Fact]
    public async Task A_signature_older_than_its_key_is_refused()
    {
        var signature = _publisher.Sign(Document, new SigningStyle { At = TestKey.Birth.AddDays(-1) });

        await AssertRefusedAsync(
            _verifier.VerifyAsync(signature, _publisher.Fingerprint),
            "it is older than its key");
    }

    [Fact]
    public async Task A_critical_demand_that_is_not_understood_is_refused_and_a_plain_remark_is_not()
    {
        var verifier = With(TestKeyring.Of(_publisher));
        static SigningStyle Remarking(bool isCritical) =>
            SigningStyle.Saying(packets => packets.AddNotationData(isCritical, true, "salt@example.org", "x"));

        await _verifier.VerifyAsync(_publisher.Sign(Document, Remarking(isCritical: false)), _publisher.Fingerprint);
        await AssertRefusedAsync(
            _verifier.VerifyAsync(_publisher.Sign(Document, Remarking(isCritical: true)), _publisher.Fingerprint),
            "it demands something that is not understood");
    }

    [Fact]
    public async Task Nothing_but_the_issuer_may_stand_outside_the_signed_part()
    {
        var style = new SigningStyle { Unhashed = packets => packets.AddNotationData(false, true, "x@example.org", "x") };
        var signature = _publisher.Sign(Document, style);

        await AssertRefusedAsync(
            _verifier.VerifyAsync(signature, _publisher.Fingerprint),
            "something other than its issuer stands outside its signed part");
    }

    [Fact]
    public async Task A_fingerprint_in_the_signature_must_be_the_keys()
    {
        var other = TestKey.Ed25519();
        var signature = _publisher.Sign(Document, SigningStyle.Saying(packets => packets.SetIssuerFingerprint(false, other.Public)));

        await RefusalAsync(_verifier.VerifyAsync(signature, _publisher.Fingerprint));
    }

    [Fact]
    public async Task Bytes_after_the_signature_are_refused()
    {
        byte[] signature = [.. _publisher.Sign(Document), 0x0a];

        await AssertRefusedAsync(
            _verifier.VerifyAsync(signature, _publisher.Fingerprint),
            "it holds something else than OpenPGP packets");
    }

    [Fact]
    public async Task A_key_is_no_signature()
    {
        await AssertRefusedAsync(
            _verifier.VerifyAsync(TestKeyring.Of(_publisher).Bytes, _publisher.Fingerprint),
            "it is not one to 16 signature packets");
    }

    [Fact]
    public async Task A_signature_larger_than_any_real_one_is_refused_unread()
    {
        await AssertRefusedAsync(
            _verifier.VerifyAsync(new byte[(64 * 1024) + 1], _publisher.Fingerprint),
            "it is larger than 64 KiB");
    }
}

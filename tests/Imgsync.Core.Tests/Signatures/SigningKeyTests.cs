using Imgsync.Testing;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using static Imgsync.Core.Tests.Signatures.Verification;

namespace Imgsync.Core.Tests.Signatures;

/// <summary>Which keys may sign: what a key says about itself, and what others say about it.</summary>
public sealed class SigningKeyTests
{
    private readonly TestKey _primary = TestKey.Ed25519();
    private readonly TestKey _subkey = TestKey.Ed25519();

    [Fact]
    public async Task A_signing_subkey_signs_for_its_pinned_primary_key()
    {
        var keyring = TestKeyring.Of(_primary).WithSubkey(_subkey);

        var signer = await With(keyring).VerifyAsync(_subkey.Sign(Document), _primary.Fingerprint);

        Assert.Equal(_primary.Fingerprint, signer);
    }

    [Fact]
    public async Task An_rsa_subkey_signs_for_an_rsa_key()
    {
        var keyring = TestKeyring.Of(TestKey.Rsa).WithSubkey(TestKey.OtherRsa);

        var signer = await With(keyring).VerifyAsync(TestKey.OtherRsa.Sign(Document), TestKey.Rsa.Fingerprint);

        Assert.Equal(TestKey.Rsa.Fingerprint, signer);
    }

    [Fact]
    public async Task A_subkey_may_be_pinned_itself_and_then_its_primary_key_is_not()
    {
        var keyring = TestKeyring.Of(_primary).WithSubkey(_subkey);

        var signer = await With(keyring).VerifyAsync(_subkey.Sign(Document), _subkey.Fingerprint);
        var refusal = await RefusalAsync(With(keyring).VerifyAsync(_primary.Sign(Document), _subkey.Fingerprint));

        Assert.Equal(_subkey.Fingerprint, signer);
        Assert.Contains("no place that was asked has a pinned key", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_old_key_may_speak_of_itself_in_sha1()
    {
        var keyring = new TestKeyring(TestKey.Rsa).WithUserId(style: new SigningStyle { Hash = HashAlgorithmTag.Sha1 });

        Assert.Equal(TestKey.Rsa.Fingerprint, await With(keyring).VerifyAsync(TestKey.Rsa.Sign(Document), TestKey.Rsa.Fingerprint));
    }

    [Fact]
    public async Task The_newest_statement_about_a_key_counts()
    {
        var prolonged = new TestKeyring(_primary)
            .WithUserId(lifetime: TimeSpan.FromDays(1000), style: new SigningStyle { At = TestKey.Now.AddDays(-2) })
            .WithUserId(lifetime: TimeSpan.FromDays(365), style: new SigningStyle { At = TestKey.Now.AddDays(-300) });

        Assert.Equal(_primary.Fingerprint, await With(prolonged).VerifyAsync(_primary.Sign(Document), _primary.Fingerprint));
    }

    [Fact]
    public async Task A_direct_statement_without_an_end_leaves_the_user_ids_in_force()
    {
        var keyring = new TestKeyring(_primary).WithDirectStatement(flags: null).WithUserId(lifetime: TimeSpan.FromDays(365));

        await AssertRefusedAsync(With(keyring).VerifyAsync(_primary.Sign(Document), _primary.Fingerprint), "expired at");
    }

    public static TheoryData<string, string> BadKeys => new()
    {
        { "expired", "expired at 2025-06-01 12:00:00Z" },
        { "revoked", "is revoked" },
        { "certifies only", "may not sign documents" },
        { "says nothing", "makes no valid statement about itself" },
        { "spoken for by another", "makes no valid statement about itself" },
        { "with an outdated statement", "makes no valid statement about itself" },
        { "with a revoked user id", "makes no valid statement about itself" },
        { "with a demand not understood", "makes no valid statement about itself" },
    };

    [Theory]
    [Shows("a-bad-primary-key-is-refused-even-though-it-is-pinned")]
    [MemberData(nameof(BadKeys))]
    public async Task A_bad_primary_key_is_refused_even_though_it_is_pinned(string fault, string reason)
    {
        var bare = new TestKeyring(_primary);
        var keyring = fault switch
        {
            "expired" => bare.WithUserId(lifetime: TimeSpan.FromDays(365)),
            "revoked" => bare.Revoked().WithUserId(),
            "certifies only" => bare.WithUserId(flags: PgpKeyFlags.CanCertify),
            "says nothing" => bare,
            "spoken for by another" => bare.WithUserId(signer: TestKey.Ed25519()),
            "with an outdated statement" =>
                bare.WithUserId(style: SigningStyle.Saying(packets => packets.SetSignatureExpirationTime(true, 60))),
            "with a revoked user id" => bare.WithUserId().WithRevokedUserId(),
            _ => bare.WithUserId(style: SigningStyle.Saying(packets => packets.AddNotationData(true, true, "x@example.org", "x"))),
        };

        await AssertRefusedAsync(
            With(keyring).VerifyAsync(_primary.Sign(Document), _primary.Fingerprint),
            $"its key {_primary.Fingerprint} {reason}");
    }

    public static TheoryData<string, string> BadSubkeys => new()
    {
        { "expired", "expired at 2025-06-01 12:00:00Z" },
        { "revoked", "is revoked" },
        { "for encryption", "may not sign documents" },
        { "for nothing in particular", "may not sign documents" },
        { "bound by another", "is not validly bound" },
        { "bound in sha1", "is not validly bound" },
        { "without consent", "has not consented" },
        { "with the consent of another", "has not consented" },
    };

    [Theory]
    [Shows("a-bad-subkey-is-refused-even-though-its-primary-key-is-pinned")]
    [MemberData(nameof(BadSubkeys))]
    public async Task A_bad_subkey_is_refused_even_though_its_primary_key_is_pinned(string fault, string reason)
    {
        var primary = TestKeyring.Of(_primary);
        var keyring = fault switch
        {
            "expired" => primary.WithSubkey(_subkey, lifetime: TimeSpan.FromDays(365)),
            "revoked" => primary.WithSubkey(_subkey).RevokedSubkey(_subkey),
            "for encryption" => primary.WithSubkey(_subkey, flags: PgpKeyFlags.CanEncryptStorage),
            "for nothing in particular" => primary.WithSubkey(_subkey, flags: null),
            "bound by another" => primary.WithSubkey(_subkey, binder: TestKey.Ed25519()),
            "bound in sha1" => primary.WithSubkey(_subkey, style: new SigningStyle { Hash = HashAlgorithmTag.Sha1 }),
            "without consent" => primary.WithSubkey(_subkey, consents: false),
            _ => primary.WithSubkey(_subkey, consenter: TestKey.Ed25519()),
        };

        await AssertRefusedAsync(
            With(keyring).VerifyAsync(_subkey.Sign(Document), _primary.Fingerprint),
            $"its key {_subkey.Fingerprint} {reason}");
    }

    [Fact]
    public async Task A_subkey_of_an_expired_or_revoked_primary_key_is_refused()
    {
        var expired = new TestKeyring(_primary).WithUserId(lifetime: TimeSpan.FromDays(365)).WithSubkey(_subkey);
        var revoked = new TestKeyring(_primary).Revoked().WithUserId().WithSubkey(_subkey);

        await AssertRefusedAsync(With(expired).VerifyAsync(_subkey.Sign(Document), _primary.Fingerprint), "expired at");
        await AssertRefusedAsync(With(revoked).VerifyAsync(_subkey.Sign(Document), _primary.Fingerprint), "is revoked");
    }

    [Fact]
    public async Task A_stranger_cannot_revoke_a_key()
    {
        var stranger = TestKey.Ed25519();
        var keyring = new TestKeyring(_primary)
            .With(stranger.MakeSignature(_primary.Hashed, new SigningStyle
            {
                Type = PgpSignature.KeyRevocation,
                Unhashed = packets =>
                {
                    packets.RemovePacket(packets.GetSubpackets(SignatureSubpacketTag.IssuerKeyId)[0]);
                    packets.SetIssuerKeyID(isCritical: false, _primary.Public.KeyId);
                },
            }))
            .WithUserId();

        Assert.Equal(_primary.Fingerprint, await With(keyring).VerifyAsync(_primary.Sign(Document), _primary.Fingerprint));
    }

    [Fact]
    public async Task A_short_rsa_key_is_refused()
    {
        await AssertRefusedAsync(
            With(TestKeyring.Of(TestKey.ShortRsa)).VerifyAsync(TestKey.ShortRsa.Sign(Document), TestKey.ShortRsa.Fingerprint),
            "has only 1024 bits");
    }

    [Fact]
    public async Task A_key_of_another_algorithm_is_refused()
    {
        var ecdsa = TestKey.Ecdsa();

        await AssertRefusedAsync(
            With(TestKeyring.Of(ecdsa)).VerifyAsync(ecdsa.Sign(Document), ecdsa.Fingerprint),
            "is neither an RSA nor an Ed25519 key");
    }

    [Fact]
    public async Task A_thousand_false_statements_on_a_key_do_not_hold_up_a_verification()
    {
        var keyring = new TestKeyring(TestKey.Rsa).WithUserId();
        var spoilt = TestKey.Rsa.Sign([1, 2, 3], new SigningStyle { Type = PgpSignature.PositiveCertification, At = TestKey.Now });
        for (var i = 0; i < 1000; i++)
            keyring.With(spoilt);

        var started = TimeProvider.System.GetTimestamp();
        await With(keyring).VerifyAsync(TestKey.Rsa.Sign(Document), TestKey.Rsa.Fingerprint);

        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(10));
    }
}

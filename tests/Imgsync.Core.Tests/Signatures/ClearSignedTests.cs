using System.Text;
using Imgsync.Core.Signatures.Documents;
using Imgsync.Testing;
using Org.BouncyCastle.Bcpg.OpenPgp;
using static Imgsync.Core.Tests.Signatures.Verification;

namespace Imgsync.Core.Tests.Signatures;

public sealed class ClearSignedTests
{
    private readonly TestKey _publisher = TestKey.Ed25519();
    private readonly SignatureVerifier _verifier;

    public ClearSignedTests() => _verifier = With(TestKeyring.Of(_publisher));

    [Fact]
    [Shows("only-the-signed-text-is-returned")]
    public async Task Only_the_signed_text_is_returned()
    {
        var file = $"before\n{Sign("one\ntwo")}after\n";

        var signed = await _verifier.VerifyClearAsync(file, _publisher.Fingerprint);

        Assert.Equal(_publisher.Fingerprint, signed.Fingerprint);
        Assert.Equal("one\ntwo\n", Encoding.ASCII.GetString(signed.Text));
    }

    [Fact]
    public async Task Dashes_are_unescaped()
    {
        var file = Sign("-----BEGIN PGP SIGNATURE-----\n- list\nplain", "- -----BEGIN PGP SIGNATURE-----\n- - list\n- plain");

        var signed = await _verifier.VerifyClearAsync(file, _publisher.Fingerprint);

        Assert.Equal("-----BEGIN PGP SIGNATURE-----\n- list\nplain\n", Encoding.ASCII.GetString(signed.Text));
    }

    [Fact]
    public async Task Blanks_at_line_ends_are_not_signed_and_not_returned()
    {
        var file = Sign("one\n\ntwo", "one \t\n \ntwo  ");

        var signed = await _verifier.VerifyClearAsync(file, _publisher.Fingerprint);

        Assert.Equal("one\n\ntwo\n", Encoding.ASCII.GetString(signed.Text));
    }

    [Fact]
    public async Task Line_ends_of_another_system_do_no_harm()
    {
        var file = Sign("one\ntwo").Replace("\n", "\r\n", StringComparison.Ordinal);

        var signed = await _verifier.VerifyClearAsync(file, _publisher.Fingerprint);

        Assert.Equal("one\ntwo\n", Encoding.ASCII.GetString(signed.Text));
    }

    [Fact]
    public async Task Bytes_of_any_encoding_come_through_unchanged()
    {
        var file = Sign("gr\u00fc\u00df");

        var signed = await _verifier.VerifyClearAsync(file, _publisher.Fingerprint);

        Assert.Equal("gr\u00fc\u00df\n"u8.Length - 2, signed.Text.Length);
    }

    [Fact]
    public async Task An_empty_text_can_be_signed()
    {
        var signed = await _verifier.VerifyClearAsync(Sign("", ""), _publisher.Fingerprint);

        Assert.Equal("\n", Encoding.ASCII.GetString(signed.Text));
    }

    [Theory]
    [InlineData("one\ntwo", "one\ntwo\nthree")]
    [InlineData("one\ntwo", "one two")]
    [InlineData("one\ntwo", " one\ntwo")]
    public async Task Another_text_than_the_signed_one_is_refused(string signedText, string shownText)
    {
        await AssertRefusedAsync(
            _verifier.VerifyClearAsync(Sign(signedText, shownText), _publisher.Fingerprint),
            "it does not match the content");
    }

    public static TheoryData<string, string, string> Malformed => new()
    {
        { "-----BEGIN PGP SIGNED MESSAGE-----", "-----BEGIN PGP SIGNED MESSAGE----- ", "it has no clear-signed part" },
        { "Hash: SHA256", "Hash: SHA256\nComment: one", "its signed part has an unknown header line" },
        { "Hash: SHA256", "Hash: SHA512", "its hash is not the one its file announces" },
        { "Hash: SHA256\n\n", "Hash: SHA256\n \n", "its signed part has an unknown header line" },
        { "two", "-two", "unescaped dash" },
        { "-----BEGIN PGP SIGNATURE-----", "-----BEGIN PGP SIGNATURE----- ", "its signed part has no signature" },
        { "-----END PGP SIGNATURE-----", "-----END PGP MESSAGE-----", "its armour does not end in" },
        { "-----END PGP SIGNATURE-----\n", "", "its armour does not end in" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_file_is_refused(string good, string bad, string reason)
    {
        var file = Sign("one\ntwo").Replace(good, bad, StringComparison.Ordinal);

        await AssertRefusedAsync(_verifier.VerifyClearAsync(file, _publisher.Fingerprint), reason);
    }

    [Fact]
    [Shows("a-file-without-a-signed-part-or-with-two-is-refused")]
    public async Task A_file_without_a_signed_part_or_with_two_is_refused()
    {
        await AssertRefusedAsync(_verifier.VerifyClearAsync("one\ntwo\n", _publisher.Fingerprint), "it has no clear-signed part");
        await AssertRefusedAsync(
            _verifier.VerifyClearAsync(Sign("one") + Sign("two"), _publisher.Fingerprint),
            "it has more than one clear-signed part");
    }

    [Fact]
    public async Task A_document_signature_pasted_under_a_text_is_refused()
    {
        var pasted = Sign("one", type: PgpSignature.BinaryDocument);

        await AssertRefusedAsync(
            _verifier.VerifyClearAsync(pasted, _publisher.Fingerprint),
            "it is not made for text");
    }

    private string Sign(string text, string? shown = null, int type = PgpSignature.CanonicalTextDocument)
    {
        var canonical = Encoding.Latin1.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal));
        var signature = _publisher.Sign(canonical, new SigningStyle { Type = type });
        return $"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{shown ?? text}\n{TestKeyring.Armour("SIGNATURE", signature)}";
    }
}

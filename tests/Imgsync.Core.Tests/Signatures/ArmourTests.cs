using System.Text;
using static Imgsync.Core.Tests.Signatures.Verification;

namespace Imgsync.Core.Tests.Signatures;

public sealed class ArmourTests
{
    private readonly TestKey _publisher = TestKey.Ed25519();

    public static TheoryData<string, string, string> Damages => new()
    {
        { "BEGIN", "BEGIM", "it does not start with" },
        { "-----BEGIN", "x\n-----BEGIN", "it does not start with" },
        { "SIGNATURE-----\n\n", "SIGNATURE-----\nNote: x\n\n", "unknown header line" },
        { "SIGNATURE-----\n\n", "SIGNATURE-----\n\n\n", "empty or overlong line" },
        { "\n=", "\n\n=", "empty or overlong line" },
        { "\n=", "A\n=", "not base64" },
        { "\n=", " \n=", "not base64" },
        { "\n=", "\n=A", "checksum does not match" },
        { "END PGP SIGNATURE-----\n", "END PGP SIGNATURE-----\n\nx", "something follows its" },
        { "-----END", "-----end", "does not end in" },
        { "-----END PGP SIGNATURE-----", "", "does not end in" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Damaged_armour_is_refused(string good, string bad, string reason)
    {
        var armour = TestKeyring.Armour("SIGNATURE", _publisher.Sign(Document));
        Assert.Contains(good, armour, StringComparison.Ordinal);

        await AssertRefusedAsync(VerifyAsync(armour.Replace(good, bad, StringComparison.Ordinal)), reason);
    }

    [Fact]
    public async Task Unused_bits_before_the_padding_must_be_zero()
    {
        var padded = Enumerable.Range(0, 3).Select(SignWithRemark).First(signature => signature.Length % 3 != 0);
        var armour = TestKeyring.Armour("SIGNATURE", padded, withCheck: false);
        var last = armour.IndexOf('=', StringComparison.Ordinal) - 1;
        var altered = armour.Remove(last, 1).Insert(last, ((char)(armour[last] + 1)).ToString());

        Assert.Equal(_publisher.Fingerprint, await VerifyAsync(armour));
        await AssertRefusedAsync(VerifyAsync(altered), "not base64");
    }

    [Fact]
    public async Task Known_header_lines_foreign_line_ends_and_blank_lines_around_are_fine()
    {
        var armour = TestKeyring.Armour("SIGNATURE", _publisher.Sign(Document))
            .Replace("SIGNATURE-----\n\n", "SIGNATURE-----\nVersion: GnuPG v2\nComment: any: thing\n\n", StringComparison.Ordinal)
            .Replace("\n", "\r\n", StringComparison.Ordinal);

        Assert.Equal(_publisher.Fingerprint, await VerifyAsync($"\n{armour}\n\n"));
    }

    private byte[] SignWithRemark(int length)
    {
        var remark = new string('x', length);
        return _publisher.Sign(Document, SigningStyle.Saying(packets => packets.AddNotationData(false, true, "x@example.org", remark)));
    }

    private Task<string> VerifyAsync(string armour) =>
        With(TestKeyring.Of(_publisher)).VerifyAsync(Encoding.ASCII.GetBytes(armour), _publisher.Fingerprint);
}

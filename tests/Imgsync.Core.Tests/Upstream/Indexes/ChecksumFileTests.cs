using System.Text;
using FsCheck;
using Imgsync.Core.Content;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Indexes;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Upstream.Indexes;

public sealed class ChecksumFileTests
{
    private const string Name = "noble-server-cloudimg-amd64.img";

    private static readonly string Hex = new('a', 64);
    private static readonly string OtherHex = new('b', 64);
    private static readonly Uri Location = new("https://user:hunter2@mirror.example/noble/SHA256SUMS?token=hunter2");

    public static TheoryData<string> Forms =>
    [
        $"{Hex}  {Name}\n",
        $"{Hex} *{Name}\n",
        $"{Hex} {Name}",
        $"{Hex}\t{Name}\r\n",
        $"{Hex}  ./{Name}\n",
        $"{Hex.ToUpperInvariant()} *{Name}\r\n",
        $"SHA256 ({Name}) = {Hex}\n",
        $"sha-256 ({Name})= {Hex}\r\n",
        $"{Hex}\n",
        $"# {Name}: 645988352 bytes\n{Hex}\n\n",
        $"\uFEFF{Hex}  {Name}\n",
    ];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Reads_every_usual_form(string list) => Assert.Equal(Hex, Find(list).Hex);

    [Theory]
    [InlineData("complete nonsense")]
    [InlineData("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n")]
    [InlineData("deadbeef")]
    [InlineData("12  short-digest.img")]
    [InlineData("SHA256 (unclosed = 00")]
    [InlineData("= = = = ()()( *")]
    [InlineData("\0\0\0\uFFFD")]
    [InlineData("zz  noble-server-cloudimg-amd64.img")]
    [InlineData("MD5 (noble-server-cloudimg-amd64.img) = d41d8cd98f00b204e9800998ecf8427e")]
    public void An_odd_line_elsewhere_ends_nothing(string odd) => Assert.Equal(Hex, Find($"{odd}\n{Hex} *{Name}\n{odd}\n").Hex);

    [Theory]
    [InlineData("noble-server-cloudimg-amd64.img.sig")]
    [InlineData("xnoble-server-cloudimg-amd64.img")]
    [InlineData("NOBLE-server-cloudimg-amd64.img")]
    [InlineData("old/noble-server-cloudimg-amd64.img")]
    [InlineData("././noble-server-cloudimg-amd64.img")]
    [InlineData("..\\noble-server-cloudimg-amd64.img")]
    public void Only_the_exact_name_matches(string other)
    {
        var refusal = Refusal($"{OtherHex}  {other}\n{OtherHex}  another.img\n");

        Assert.Contains($"has no sha256 digest for {Name}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Shows("a-name-with-a-separator-is-never-found")]
    public void A_name_with_a_separator_is_never_found()
    {
        var list = Encoding.UTF8.GetBytes($"{Hex}  ../x.img\n{Hex}  y.img\n");

        Assert.Throws<UpstreamException>(() => ChecksumFile.Find(list, "../x.img", DigestAlgorithm.Sha256, Location));
    }

    [Fact]
    public void A_digest_of_the_wrong_length_for_our_name_is_refused()
    {
        var refusal = Refusal($"{Hex[..41]}  {Name}\n");

        Assert.Contains("41 digits where sha256 has 64", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Digests_of_other_algorithms_for_our_name_are_not_ours_and_no_contradiction()
    {
        var others = $"# MD5 HASH\n{Hex[..32]}  {Name}\n# SHA1 HASH\n{Hex[..40]}  {Name}\n# SHA512 HASH\n{Hex}{Hex}  {Name}\n";

        Assert.Equal(Hex, Find($"{others}# SHA256 HASH\n{Hex}  {Name}\n").Hex);
        Assert.Contains("has no sha256 digest", Refusal(others).Message, StringComparison.Ordinal);
        Assert.Contains("two different digests", Refusal($"{others}{Hex}  {Name}\n{OtherHex}  {Name}\n").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_different_digests_for_our_name_are_refused() =>
        Assert.Contains("two different digests", Refusal($"{Hex}  {Name}\n{OtherHex} *{Name}\n").Message, StringComparison.Ordinal);

    [Fact]
    public void The_same_digest_twice_is_no_contradiction() => Assert.Equal(Hex, Find($"{Hex}  {Name}\nSHA256 ({Name}) = {Hex}\n").Hex);

    [Fact]
    public void Two_lone_digests_belong_to_nobody() =>
        Assert.Contains("has no sha256 digest", Refusal($"{Hex}\n{Hex}\n").Message, StringComparison.Ordinal);

    [Fact]
    public void A_lone_digest_beside_other_entries_belongs_to_nobody() =>
        Assert.Contains("has no sha256 digest", Refusal($"{Hex}\n{OtherHex}  other.img\n").Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_beyond_its_bound_is_refused() =>
        Assert.Contains("more than 4 MiB", Refusal(new string('\n', ChecksumFile.MaxBytes + 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_line_beyond_its_bound_is_refused() =>
        Assert.Contains(
            "line of more than 4 KiB", Refusal(
                $"{Hex}  {Name}\n{new string('x', ChecksumFile.MaxLineBytes + 1)}\n").Message, StringComparison.Ordinal);

    [Fact]
    public void An_error_names_the_file_without_its_secrets()
    {
        var message = Refusal("").Message;

        Assert.Contains("https://mirror.example/noble/SHA256SUMS", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }

    [Property(MaxTest = 500)]
    public bool Our_line_is_found_among_any_other_lines(string?[] before, string?[] after)
    {
        var list = string.Join('\n', [.. before.Select(Harmless), $"{Hex} *{Name}", .. after.Select(Harmless)]);

        return string.Equals(Find(list).Hex, Hex, StringComparison.Ordinal);
    }

    [Property(MaxTest = 1000)]
    public bool No_bytes_make_it_fail_in_any_other_way(byte[] bytes)
    {
        try
        {
            return ChecksumFile.TryFind(bytes, Name, DigestAlgorithm.Sha256, Location) is null;
        }
        catch (UpstreamException)
        {
            return true;
        }
    }

    // Characters from the alphabet of checksum files, so that random lines come near to real ones.
    private static string Harmless(string? line)
    {
        const string Alphabet = "0123456789abcdefABCDEF ()=*#./\\-SHA256\t\r\0é";
        return string.Concat((line ?? "").Select(character => Alphabet[character % Alphabet.Length]));
    }

    private static Digest Find(string list) => ChecksumFile.Find(Encoding.UTF8.GetBytes(list), Name, DigestAlgorithm.Sha256, Location);

    private static UpstreamException Refusal(string list) => Assert.Throws<UpstreamException>(() => Find(list));
}

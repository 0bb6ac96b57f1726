using System.Text;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Signatures;
using Imgsync.Core.Signatures.Documents;
using Imgsync.Core.Tests.Planning;
using Imgsync.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Imgsync.Core.Tests.Signatures;

/// <summary>Real files of real publishers, where somebody has laid them beside the checkout. They are not part of the project.</summary>
public sealed class PublisherSamplesTests
{
    private const string Ubuntu = "D2EB44626FDDC30B513D5BB71A5D6C4C7DB87C81";
    private const string Suse = "AD485664E901B867051AB15F35A2F86E29B700A4";
    private const string Fedora44 = "36F612DCF27F7D1A48A835E4DBFCF71C6D9F90A6";
    private static readonly DateTimeOffset Today = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [Shows("ubuntus-checksums-are-signed-by-its-pinned-key")]
    [InlineData("ub.asc")]
    [InlineData("ub.gpg")]
    public async Task Ubuntus_checksums_are_signed_by_its_pinned_key(string keyring)
    {
        var samples = Samples();

        var signer = await Verifier(samples, keyring).VerifyDetachedAsync(
            Bytes(samples, "SHA256SUMS"), Bytes(samples, "SHA256SUMS.gpg"), [Ubuntu], "SHA256SUMS", CancellationToken);

        Assert.Equal(Ubuntu, signer.Fingerprint);
    }

    [Theory]
    [Shows("a-real-list-under-another-serial-is-refused")]
    [InlineData("20260725", "publish")]
    [InlineData("20260728", "refuse: the list of 20260728 was signed at 2026-07-25 22:34:07Z, before the day")]
    [InlineData("20260901", "refuse: the list of 20260901 was signed at 2026-07-25 22:34:07Z, before the day")]
    [InlineData("20991231", "refuse: the publisher offers 20991231, which lies in the future")]
    [InlineData("20260401", "refuse: the list of 20260401 was signed at 2026-07-25 22:34:07Z, more than 30 days after")]
    public async Task Canonicals_real_list_of_20260725_is_refused_under_another_serial(string serial, string expected)
    {
        var samples = Samples();
        var catalogue = CatalogLoader.Load(userFile: null, new Dictionary<string, Uri>(StringComparer.Ordinal));
        var signer = await Verifier(samples, "ub.gpg").VerifyDetachedAsync(
            Bytes(samples, "SHA256SUMS"), Bytes(samples, "SHA256SUMS.gpg"), [Ubuntu], "SHA256SUMS", CancellationToken);

        var decided = new PlannerCase("", $"{serial}=c,signed:{signer.MadeAt:yyyy-MM-ddTHH:mm:ssZ}", expected)
        {
            Now = Today,
            SignedWithin = catalogue.Get("ubuntu24").Publisher.SignedWithin,
        }.Decide();

        Assert.StartsWith(expected, decided, StringComparison.Ordinal);
    }

    [Theory]
    [Shows("with-any-bit-flipped-ubuntus-checksums-or-their-signature-are-refused")]
    [InlineData("SHA256SUMS")]
    [InlineData("SHA256SUMS.gpg")]
    public async Task With_any_bit_flipped_ubuntus_checksums_or_their_signature_are_refused(string flipped)
    {
        var samples = Samples();
        var verifier = Verifier(samples, "ub.gpg");
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);

        for (var flip = 0; flip < 200; flip++)
        {
            var content = Bytes(samples, "SHA256SUMS");
            var signature = Bytes(samples, "SHA256SUMS.gpg");
            var target = flipped is "SHA256SUMS" ? content : signature;
            var bit = random.Next(target.Length * 8);
            target[bit / 8] ^= (byte)(1 << (bit % 8));

            var refusal = await Record.ExceptionAsync(
                () => verifier.VerifyDetachedAsync(content, signature, [Ubuntu], "SHA256SUMS", CancellationToken));

            Assert.True(refusal is SignatureException, $"Seed {seed}, bit {bit} of {flipped}: {refusal?.ToString() ?? "accepted"}");
        }
    }

    [Fact]
    [Shows("fedoras-clear-signed-checksums-are-signed-by-the-key-of-their-release")]
    public async Task Fedoras_clear_signed_checksums_are_signed_by_the_key_of_their_release()
    {
        var samples = Samples();

        var signed = await Verifier(samples, "fedora.gpg")
            .VerifyClearSignedAsync(Bytes(samples, "FEDORA"), [Fedora44], "CHECKSUM", CancellationToken);

        var text = Encoding.ASCII.GetString(signed.Text);
        Assert.Equal(Fedora44, signed.Fingerprint);
        Assert.StartsWith("# Fedora-Cloud-Base-AmazonEC2-44-1.7.aarch64.raw.xz: 513786992 bytes\nSHA256 (", text, StringComparison.Ordinal);
        Assert.EndsWith(" = 403b4b1de4bec1d730a08f035e5b79c3381ace8f22e59f1e29681e8a65844edf\n", text, StringComparison.Ordinal);
    }

    [Fact]
    [Shows("opensuses-signature-of-version-3-is-by-its-pinned-key")]
    public async Task Opensuses_signature_of_version_3_is_by_its_pinned_key()
    {
        var samples = Samples();

        var signer = await Verifier(samples, "suse.asc").VerifyDetachedAsync(
            Bytes(samples, "suse.sha256"), Bytes(samples, "suse.sha256.asc"), [Suse], "suse.sha256", CancellationToken);

        Assert.Equal(Suse, signer.Fingerprint);
    }

    [Fact]
    public async Task A_real_key_of_somebody_else_is_of_no_use()
    {
        var samples = Samples();

        var refusal = await Verification.RefusalAsync(Verifier(samples, "ub.gpg").VerifyDetachedAsync(
            Bytes(samples, "SHA256SUMS"), Bytes(samples, "SHA256SUMS.gpg"), [Suse], "SHA256SUMS", CancellationToken));

        Assert.Contains($"its issuer is {Ubuntu}", refusal, StringComparison.Ordinal);
    }

    private static SignatureVerifier Verifier(string samples, string keyring) => new(
        new KeyFinder([new KeyringFile(Path.Combine(samples, keyring), mustExist: true)], Verification.NoCache, server: null),
        new FakeTimeProvider(Today));

    private static byte[] Bytes(string samples, string name) => File.ReadAllBytes(Path.Combine(samples, name));

    private static string Samples()
    {
        // No machine can install them: they are the publishers', and we do not hand them on. So CI has to have them only where it says so.
        var folder = PublisherSamples.Folder();
        if (Environment.GetEnvironmentVariable("IMGSYNC_SAMPLES") is { Length: > 0 })
            Requirement.Demand(folder is null ? PublisherSamples.Missing : null);
        Assert.SkipUnless(folder is not null, PublisherSamples.Missing);
        return folder!;
    }
}

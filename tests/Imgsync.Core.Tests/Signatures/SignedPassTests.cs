using static Imgsync.Core.Tests.Signatures.Verification;

namespace Imgsync.Core.Tests.Signatures;

/// <summary>Signatures over images, which pass by once.</summary>
public sealed class SignedPassTests
{
    private readonly TestKey _publisher = TestKey.Ed25519();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_passed_by_in_pieces_is_proven_as_a_whole_and_who_signed_is_known_before()
    {
        var image = RandomBytes(100_000);
        var signature = _publisher.Sign(image);
        var verifier = With(TestKeyring.Of(_publisher));

        var claimed = await verifier.ExamineAsync(signature, [_publisher.Fingerprint], What, Cancel);
        using var pass = verifier.Begin(signature, [_publisher.Fingerprint], What);
        foreach (var piece in image.Chunk(7777))
            await pass.WriteAsync(piece, Cancel);

        Assert.Equal(claimed, await pass.ConcludeAsync(Cancel));
        Assert.Equal(_publisher.Fingerprint, claimed.Fingerprint);
    }

    [Fact]
    public async Task One_byte_more_less_or_other_is_refused()
    {
        var image = RandomBytes(5000);
        var signature = _publisher.Sign(image);
        var other = image.ToArray();
        other[4000] ^= 1;
        foreach (var bytes in new[] { [.. image, 0], image[..^1], other, [] })
        {
            using var pass = With(TestKeyring.Of(_publisher)).Begin(signature, [_publisher.Fingerprint], What);
            await pass.WriteAsync(bytes, Cancel);

            await AssertRefusedAsync(pass.ConcludeAsync(Cancel), "it does not match the content");
        }
    }

    [Fact]
    public async Task A_key_that_is_not_pinned_or_not_had_proves_nothing_before_or_after()
    {
        var (image, stranger) = (RandomBytes(500), TestKey.Ed25519());
        var signature = stranger.Sign(image);
        var verifier = With(TestKeyring.Of(_publisher), TestKeyring.Of(stranger));

        await AssertRefusedAsync(verifier.ExamineAsync(signature, [_publisher.Fingerprint], What, Cancel), "no place that was asked has a pinned key");
        using var pass = verifier.Begin(signature, [_publisher.Fingerprint], What);
        await pass.WriteAsync(image, Cancel);
        await AssertRefusedAsync(pass.ConcludeAsync(Cancel), "no place that was asked has a pinned key");
    }

    [Fact]
    public async Task Of_several_signatures_one_good_one_by_a_pinned_key_suffices()
    {
        var (image, stranger) = (RandomBytes(500), TestKey.Ed25519());
        byte[] both = [.. stranger.Sign(image), .. _publisher.Sign([.. image, 1]), .. _publisher.Sign(image)];
        using var pass = With(TestKeyring.Of(_publisher)).Begin(both, [_publisher.Fingerprint], What);
        await pass.WriteAsync(image, Cancel);

        Assert.Equal(_publisher.Fingerprint, (await pass.ConcludeAsync(Cancel)).Fingerprint);
    }

    [Fact]
    public async Task Rubbish_is_refused_before_a_byte_comes()
    {
        var verifier = With(TestKeyring.Of(_publisher));

        await AssertRefusedAsync(Task.Run(() => verifier.Begin("no signature"u8.ToArray(), [_publisher.Fingerprint], What), Cancel), "is refused: ");
        await AssertRefusedAsync(verifier.ExamineAsync(RandomBytes(99), [_publisher.Fingerprint], What, Cancel), "is refused: ");
    }

    private static byte[] RandomBytes(int length)
    {
        var bytes = new byte[length];
        new Random(3).NextBytes(bytes);
        return bytes;
    }
}

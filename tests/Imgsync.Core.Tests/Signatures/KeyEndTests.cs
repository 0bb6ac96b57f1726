namespace Imgsync.Core.Tests.Signatures;

/// <summary>Until when a key that signs well may do so: what the warning before its end goes by.</summary>
public sealed class KeyEndTests
{
    private static readonly DateTimeOffset Ends = TestKey.Now.AddDays(59);

    private static readonly TimeSpan Lifetime = Ends - TestKey.Birth;

    [Fact]
    public async Task A_key_ends_when_it_says_so_and_never_where_it_does_not()
    {
        Assert.Equal(Ends, await EndAsync(new TestKeyring(TestKey.Rsa).WithUserId(lifetime: Lifetime), TestKey.Rsa));
        Assert.Null(await EndAsync(TestKeyring.Of(TestKey.Rsa), TestKey.Rsa));
    }

    [Fact]
    public async Task A_subkey_ends_with_itself_or_with_its_primary_key_whichever_is_sooner()
    {
        var subkey = TestKey.OtherRsa;
        var day = TimeSpan.FromDays(1);

        Assert.Equal(Ends, await EndAsync(TestKeyring.Of(TestKey.Rsa).WithSubkey(subkey, lifetime: Lifetime), subkey));
        Assert.Equal(Ends, await EndAsync(new TestKeyring(TestKey.Rsa).WithUserId(lifetime: Lifetime).WithSubkey(subkey), subkey));
        Assert.Equal(
            Ends, await EndAsync(new TestKeyring(TestKey.Rsa).WithUserId(lifetime: Lifetime).WithSubkey(subkey, lifetime: Lifetime + day), subkey));
        Assert.Equal(
            Ends, await EndAsync(new TestKeyring(TestKey.Rsa).WithUserId(lifetime: Lifetime + day).WithSubkey(subkey, lifetime: Lifetime), subkey));
        Assert.Null(await EndAsync(TestKeyring.Of(TestKey.Rsa).WithSubkey(subkey), subkey));
    }

    [Fact]
    public async Task One_that_has_ended_signs_nothing() => await Verification.AssertRefusedAsync(
        EndAsync(new TestKeyring(TestKey.Rsa).WithUserId(lifetime: TestKey.Now.AddDays(-1) - TestKey.Birth), TestKey.Rsa), "expired at");

    private static async Task<DateTimeOffset?> EndAsync(TestKeyring ring, TestKey signer) =>
        (await Verification.With(ring).VerifyDetachedAsync(
            Verification.Document, signer.Sign(Verification.Document), [TestKey.Rsa.Fingerprint], Verification.What,
            TestContext.Current.CancellationToken)).KeyEnds;
}

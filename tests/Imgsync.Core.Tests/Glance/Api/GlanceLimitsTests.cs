using Imgsync.Core.Glance;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Glance.Keystone;
using Imgsync.Core.Tests.Glance.Keystone;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Glance.Api;

/// <summary>What only an instance of its own can be put through: limits, and tokens that Glance asks Keystone about each time.</summary>
public sealed class GlanceLimitsTests(GlanceLimitsTests.OwnCloud own) : IClassFixture<GlanceLimitsTests.OwnCloud>
{
    private const int MiB = 1 << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_revoked_token_is_renewed()
    {
        using var connection = Connect.To(own.Cloud.Cloud());
        var image = await MakeAsync(connection);
        var revoked = await RevokeAsync(connection);

        var shown = await connection.Glance.ShowAsync(image.Id, Cancellation);

        Assert.NotNull(shown);
        Assert.NotSame(revoked, await connection.Keystone.GetTokenAsync(Cancellation));
    }

    [Fact]
    public async Task A_revoked_token_is_renewed_before_any_byte_of_an_upload_is_taken()
    {
        using var connection = Connect.To(own.Cloud.Cloud());
        var image = await MakeAsync(connection);
        var revoked = await RevokeAsync(connection);

        await connection.Glance.UploadAsync(image.Id, new GeneratedStream(MiB), MiB, Cancellation);

        Assert.Equal(MiB, (await connection.Glance.ShowAsync(image.Id, Cancellation))!.Size);
        Assert.NotSame(revoked, await connection.Keystone.GetTokenAsync(Cancellation));
    }

    [Fact]
    public async Task An_upload_over_quota_is_refused_saying_whose_limit_it_is()
    {
        await own.Cloud.SetQuotaAsync(MiB, Cancellation);
        using var connection = Connect.To(own.Cloud.Cloud());
        var image = await MakeAsync(connection);

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(
            () => connection.Glance.UploadAsync(image.Id, new GeneratedStream(MiB + 1), MiB + 1, Cancellation));

        Assert.Contains("user_storage_quota", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("queued", (await connection.Glance.ShowAsync(image.Id, Cancellation))!.Status);
        await own.Cloud.SetQuotaAsync(0, Cancellation);
    }

    [Fact]
    public async Task An_image_larger_than_any_may_be_is_told_apart_from_a_quota()
    {
        await own.Cloud.SetCapAsync(MiB, Cancellation);
        using var connection = Connect.To(own.Cloud.Cloud());
        var image = await MakeAsync(connection);

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(
            () => connection.Glance.UploadAsync(image.Id, new GeneratedStream(MiB + 1), MiB + 1, Cancellation));

        Assert.Contains("image_size_cap", refusal.Message, StringComparison.Ordinal);
        await own.Cloud.SetCapAsync(0, Cancellation);
    }

    private static Task<GlanceImage> MakeAsync(CloudConnection connection) =>
        connection.Glance.CreateAsync(Connect.NewImage("limits"), Cancellation);

    private async Task<KeystoneToken> RevokeAsync(CloudConnection connection)
    {
        using var admin = await KeystoneAdmin.SignInAsync(own.Cloud, Cancellation);
        var token = await connection.Keystone.GetTokenAsync(Cancellation);
        await admin.RevokeAsync(token, Cancellation);
        return token;
    }

    /// <summary>One private instance for the tests of this class, which run one after another.</summary>
    public sealed class OwnCloud : IAsyncLifetime
    {
        private DevCloud? _cloud;

        public DevCloud Cloud => _cloud!;

        public async ValueTask InitializeAsync() => _cloud = await DevCloud.StartPrivateAsync(Cancellation, TimeSpan.FromHours(1));

        public async ValueTask DisposeAsync() => await Cloud.DisposeAsync();
    }
}

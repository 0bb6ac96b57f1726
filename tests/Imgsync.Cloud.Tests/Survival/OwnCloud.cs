namespace Imgsync.Cloud.Tests.Survival;

/// <summary>A Keystone and Glance to kill, stop and fill; Glance asks Keystone about every token.</summary>
public sealed class OwnCloud : IAsyncLifetime
{
    public DevCloud Cloud { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cloud = await DevCloud.StartPrivateAsync(CancellationToken.None, TimeSpan.FromHours(1));

    public async ValueTask DisposeAsync() => await Cloud.DisposeAsync();
}

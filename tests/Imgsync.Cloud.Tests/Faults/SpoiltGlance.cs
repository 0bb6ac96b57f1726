namespace Imgsync.Cloud.Tests.Faults;

/// <summary>A Keystone and Glance that the tests of one class may limit, forbid and break.</summary>
public sealed class SpoiltGlance : IAsyncLifetime
{
    public DevCloud Cloud { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cloud = await DevCloud.StartPrivateAsync(CancellationToken.None);

    public async ValueTask DisposeAsync() => await Cloud.DisposeAsync();
}

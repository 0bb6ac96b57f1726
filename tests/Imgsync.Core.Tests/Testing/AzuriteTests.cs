using Azure.Storage.Blobs;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Testing;

public sealed class AzuriteTests(Azurite azurite) : IClassFixture<Azurite>
{
    [Fact]
    public async Task A_blob_comes_back()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var container = new BlobContainerClient(azurite.ConnectionString, Azurite.UniqueContainer());
        await container.CreateAsync(cancellationToken: cancellationToken);

        await container.UploadBlobAsync("greeting", BinaryData.FromString("hello"), cancellationToken);

        var read = await container.GetBlobClient("greeting").DownloadContentAsync(cancellationToken);
        Assert.Equal("hello", read.Value.Content.ToString());
    }

    [Fact]
    public async Task A_private_emulator_keeps_its_blobs_and_its_address_when_it_is_stopped()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var own = await Azurite.StartPrivateAsync(cancellationToken);
        var container = new BlobContainerClient(own.ConnectionString, Azurite.UniqueContainer());
        await container.CreateAsync(cancellationToken: cancellationToken);

        await own.StopAsync(cancellationToken);
        await own.RestartAsync(cancellationToken);

        Assert.True(await container.ExistsAsync(cancellationToken));
        await Assert.ThrowsAsync<InvalidOperationException>(() => azurite.KillAsync(cancellationToken));
    }
}

using System.Text.Json.Nodes;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Testing;

public sealed class DevCloudTests(DevCloud cloud) : IClassFixture<DevCloud>
{
    [Fact]
    public async Task What_is_uploaded_to_the_real_glance_comes_back_and_lies_in_its_store()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var bytes = new byte[100_000];
        Random.Shared.NextBytes(bytes);
        using var glance = await cloud.ProbeAsync(cancellationToken, "syncer");

        var id = await glance.CreateAsync(NewImage(DevCloud.UniquePrefix()), cancellationToken);
        await glance.UploadAsync(id, bytes, cancellationToken);

        Assert.Equal("active", (string?)(await glance.ShowAsync(id, cancellationToken))!["status"]);
        Assert.Equal(bytes, await glance.DownloadAsync(id, cancellationToken));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(cloud.StoreFolder, id), cancellationToken));
        await glance.DeleteAsync(id, cancellationToken);
        Assert.Null(await glance.ShowAsync(id, cancellationToken));
    }

    [Fact]
    public async Task Only_the_publisher_may_write_the_protected_properties()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var image = NewImage(DevCloud.UniquePrefix());
        image["source"] = "imgsync";
        using var glance = await cloud.ProbeAsync(cancellationToken, "user");

        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => glance.CreateAsync(image, cancellationToken));

        Assert.Contains("403", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listing_holds_hidden_images_and_nobody_elses_names()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var prefix = DevCloud.UniquePrefix();
        using var glance = await cloud.ProbeAsync(cancellationToken, "syncer");
        var plain = await glance.CreateAsync(NewImage(prefix), cancellationToken);
        var hidden = await glance.CreateAsync(NewImage(prefix), cancellationToken);
        await glance.CreateAsync(NewImage(DevCloud.UniquePrefix()), cancellationToken);
        await glance.SetAsync(hidden, "os_hidden", true, cancellationToken);

        var listed = await glance.ListAsync(prefix, cancellationToken);

        Assert.Equal([plain, hidden], listed.Select(image => (string)image["id"]!), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_private_instance_can_be_killed_and_the_shared_one_cannot()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var own = await DevCloud.StartPrivateAsync(cancellationToken);
        using var glance = await own.ProbeAsync(cancellationToken);

        await own.KillGlanceAsync(cancellationToken);

        await Assert.ThrowsAsync<HttpRequestException>(() => glance.ListAsync("", cancellationToken));
        await own.RestartGlanceAsync(cancellationToken);
        Assert.Empty(await glance.ListAsync("", cancellationToken));
        await Assert.ThrowsAsync<InvalidOperationException>(() => cloud.KillGlanceAsync(cancellationToken));
    }

    private static JsonObject NewImage(string prefix) => new()
    {
        ["name"] = prefix + "image",
        ["disk_format"] = "raw",
        ["container_format"] = "bare",
    };
}

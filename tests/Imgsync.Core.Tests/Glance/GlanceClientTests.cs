using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Glance;

public sealed class GlanceClientTests(DevCloud cloud) : IClassFixture<DevCloud>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly string _prefix = DevCloud.UniquePrefix();

    [Fact]
    public async Task An_image_is_made_filled_shown_listed_changed_and_deleted()
    {
        using var connection = Connect.To(cloud.Cloud());
        var glance = connection.Glance;
        var bytes = new byte[100_000];
        Random.Shared.NextBytes(bytes);

        var made = await glance.CreateAsync(
            Connect.NewImage(_prefix + "whole life") with
            {
                MinDisk = 2,
                MinRam = 512,
                Tags = ["a", "b"],
                Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["source"] = "imgsync", ["os_distro"] = "debian" },
            },
            Cancellation);
        await glance.UploadAsync(made.Id, new MemoryStream(bytes), bytes.Length, Cancellation);
        var shown = await glance.ShowAsync(made.Id, Cancellation);
        var listed = await glance.ListAsync(new ImageQuery { Name = made.Name, Statuses = ["queued", "active"] }, Cancellation).ToListAsync(Cancellation);
        var patched = await glance.PatchAsync(made.Id, [PatchOperation.Set(ImageVisibility.Public), PatchOperation.Set("os_hidden", true)], Cancellation);
        await glance.DeleteAsync(made.Id, Cancellation);

        Assert.Equal("queued", made.Status);
        Assert.Equal("private", made.Visibility);
        Assert.Equal("active", shown!.Status);
        Assert.Equal(bytes.Length, shown.Size);
        Assert.Equal("sha512", shown.OsHashAlgo);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA512.HashData(bytes)), shown.OsHashValue);
        Assert.Equal((2, 512, false, false), (shown.MinDisk, shown.MinRam, shown.OsHidden, shown.Protected));
        Assert.Equal(["os_distro", "source"], shown.Properties.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(shown.Id, Assert.Single(listed).Id);
        Assert.Equal(("public", true), (patched.Visibility, patched.OsHidden));
        Assert.Null(await glance.ShowAsync(made.Id, Cancellation));
    }
}

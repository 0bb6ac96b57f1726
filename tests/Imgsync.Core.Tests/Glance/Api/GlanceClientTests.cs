using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Core.Glance.Api;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Glance.Api;

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
        var listed = await glance.ListAsync(
            new ImageQuery { Name = made.Name, Statuses = ["queued", "active"] }, Cancellation).ToListAsync(Cancellation);
        var patched = await glance.PatchAsync(
            made.Id, [PatchOperation.Set(ImageVisibility.Public), PatchOperation.Set("os_hidden", true)], Cancellation);
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

    [Fact]
    public async Task The_same_image_made_twice_is_one_image()
    {
        using var connection = Connect.To(cloud.Cloud());
        var image = Connect.NewImage(_prefix + "twice");

        var first = await connection.Glance.CreateAsync(image, Cancellation);
        var second = await connection.Glance.CreateAsync(image, Cancellation);

        Assert.Equal(first.Id, second.Id);
        Assert.Single(await connection.Glance.ListAsync(new ImageQuery { Name = image.Name }, Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task An_id_that_is_somebody_elses_is_refused()
    {
        using var syncer = Connect.To(cloud.Cloud());
        using var user = Connect.To(cloud.Cloud("user"));
        var image = Connect.NewImage(_prefix + "mine") with { Visibility = ImageVisibility.Public };
        await syncer.Glance.CreateAsync(image, Cancellation);

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(
            () => user.Glance.CreateAsync(image with { Visibility = ImageVisibility.Private }, Cancellation));

        Assert.Contains("409", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Property_names_with_slashes_and_tildes_are_set_replaced_and_removed()
    {
        using var connection = Connect.To(cloud.Cloud());
        var image = await connection.Glance.CreateAsync(Connect.NewImage(_prefix + "pointer"), Cancellation);

        var set = await connection.Glance.PatchAsync(
            image.Id, [PatchOperation.Set("a/b~c", "1"), PatchOperation.Set("d", "2")], Cancellation);
        var changed = await connection.Glance.PatchAsync(
            image.Id, [PatchOperation.Set("a/b~c", "3"), PatchOperation.Remove("d")], Cancellation);

        Assert.Equal("1", set.Properties["a/b~c"]);
        Assert.Equal("2", set.Properties["d"]);
        Assert.Equal("3", Assert.Single(changed.Properties).Value);
    }

    [Fact]
    public async Task What_a_patch_says_is_so_afterwards_whatever_the_attribute()
    {
        using var connection = Connect.To(cloud.Cloud());
        var image = await connection.Glance.CreateAsync(Connect.NewImage(_prefix + "attributes"), Cancellation);

        var changed = await connection.Glance.PatchAsync(
            image.Id, [PatchOperation.Set("name", "renamed"), PatchOperation.Set("min_ram", 256), PatchOperation.Set("protected", false)],
            Cancellation);

        Assert.Equal(("renamed", 256, false), (changed.Name, changed.MinRam, changed.Protected));
    }

    [Fact]
    public async Task A_protected_image_is_not_deleted_and_a_missing_one_is_no_failure()
    {
        using var connection = Connect.To(cloud.Cloud());
        var image = await connection.Glance.CreateAsync(Connect.NewImage(_prefix + "protected") with { Protected = true }, Cancellation);

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Glance.DeleteAsync(image.Id, Cancellation));
        await connection.Glance.PatchAsync(image.Id, [PatchOperation.Set("protected", false)], Cancellation);
        await connection.Glance.DeleteAsync(image.Id, Cancellation);
        await connection.Glance.DeleteAsync(image.Id, Cancellation);

        Assert.Contains("403", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("set protected to false first", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ordinary_member_that_publishes_learns_which_policy_is_missing()
    {
        using var connection = Connect.To(cloud.Cloud("user"));
        var image = Connect.NewImage(_prefix + "public");
        var made = await connection.Glance.CreateAsync(image, Cancellation);

        var patched = await Assert.ThrowsAsync<CloudRefusedException>(
            () => connection.Glance.PatchAsync(made.Id, [PatchOperation.Set(ImageVisibility.Public)], Cancellation));
        var created = await Assert.ThrowsAsync<CloudRefusedException>(
            () => connection.Glance.CreateAsync(Connect.NewImage(image.Name) with { Visibility = ImageVisibility.Public }, Cancellation));

        Assert.Contains("a role that the policy publicize_image allows", patched.Message, StringComparison.Ordinal);
        Assert.Contains("a role that the policy publicize_image allows", created.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ordinary_member_that_marks_an_image_as_ours_learns_about_property_protection()
    {
        using var connection = Connect.To(cloud.Cloud("user"));
        var image = Connect.NewImage(
            _prefix + "marked") with
        { Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["source"] = "imgsync" } };

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Glance.CreateAsync(image, Cancellation));

        Assert.Contains("property protection", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_can_be_deactivated()
    {
        using var connection = Connect.To(cloud.Cloud("admin"));
        var image = await connection.Glance.CreateAsync(Connect.NewImage(_prefix + "deactivated"), Cancellation);
        await connection.Glance.UploadAsync(image.Id, new MemoryStream([1, 2, 3]), length: null, Cancellation);

        await connection.Glance.DeactivateAsync(image.Id, Cancellation);
        var deactivated = await connection.Glance.ShowAsync(image.Id, Cancellation);

        Assert.Equal("deactivated", deactivated!.Status);
    }

    [Fact]
    public async Task A_shared_image_is_seen_by_its_member()
    {
        using var syncer = Connect.To(cloud.Cloud());
        using var user = Connect.To(cloud.Cloud("user"));
        var project = (await user.Keystone.GetTokenAsync(Cancellation)).ProjectId!;
        var image = await syncer.Glance.CreateAsync(
            Connect.NewImage(_prefix + "shared") with { Visibility = ImageVisibility.Shared }, Cancellation);
        Assert.Null(await user.Glance.ShowAsync(image.Id, Cancellation));

        await syncer.Glance.Members.AddAsync(image.Id, project, Cancellation);
        await syncer.Glance.Members.AddAsync(image.Id, project, Cancellation);
        await user.Glance.Members.AnswerAsync(image.Id, project, "accepted", Cancellation);

        Assert.NotNull(await user.Glance.ShowAsync(image.Id, Cancellation));
        Assert.Single(await user.Glance.ListAsync(new ImageQuery { Name = image.Name }, Cancellation).ToListAsync(Cancellation));
    }
}

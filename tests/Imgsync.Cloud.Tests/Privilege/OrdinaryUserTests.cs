using System.Net;
using Imgsync.Core.Glance;
using Imgsync.Core.Glance.Api;
using Imgsync.Testing.Upstream;
using Microsoft.Extensions.Logging.Abstractions;

namespace Imgsync.Cloud.Tests.Privilege;

/// <summary>An ordinary member of another project, in a real Glance that runs with the property-protection file and the policy line of
/// docs/security.md: whatever this user tries with our marks and our images, Glance refuses.</summary>
public sealed class OrdinaryUserTests(DevCloud cloud) : IAsyncDisposable
{
    private readonly CloudConnection _user = new(cloud.Cloud("user"), TimeProvider.System, NullLoggerFactory.Instance);
    private readonly string _prefix = DevCloud.UniquePrefix();

    public static TheoryData<string> Marks =>
        new(
            "source", "imgsync.distribution", "imgsync.revision", "imgsync.sha256", "imgsync.sha512", "imgsync.run", "imgsync.signed_by",
            "imgsync.name", "imgsync.anything");

    public static TheoryData<string> Attacks => [.. Attempts.Keys];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Dictionary<string, Func<GlanceClient, string, Task>> Attempts { get; } = new(StringComparer.Ordinal)
    {
        ["rename it"] = (glance, id) => glance.PatchAsync(id, [PatchOperation.Set("name", "Debian 12")], Cancel),
        ["hide it"] = (glance, id) => glance.PatchAsync(id, [PatchOperation.Set("os_hidden", true)], Cancel),
        ["make it private"] = (glance, id) =>
            glance.PatchAsync(id, [PatchOperation.Set(Core.Configuration.ImageVisibility.Private)], Cancel),
        ["lock it"] = (glance, id) => glance.PatchAsync(id, [PatchOperation.Set("protected", true)], Cancel),
        ["change a property"] = (glance, id) => glance.PatchAsync(id, [PatchOperation.Set("os_admin_user", "mallory")], Cancel),
        ["add a property"] = (glance, id) => glance.PatchAsync(id, [PatchOperation.Set("hw_boot_menu", "true")], Cancel),
        ["take a mark away"] = (glance, id) => glance.PatchAsync(id, [PatchOperation.Remove("source")], Cancel),
        ["change its digest mark"] = (glance, id) => glance.PatchAsync(id, [PatchOperation.Set("imgsync.sha512", "00")], Cancel),
        ["replace its content"] = (glance, id) => glance.UploadAsync(id, new MemoryStream([1, 2, 3]), length: 3, Cancel),
        ["deactivate it"] = (glance, id) => glance.DeactivateAsync(id, Cancel),
        ["delete it"] = (glance, id) => glance.DeleteAsync(id, Cancel),
        ["share it on"] = (glance, id) => glance.Members.AddAsync(id, "mallory", Cancel),
    };

    public async ValueTask DisposeAsync()
    {
        using var glance = await cloud.ProbeAsync(CancellationToken.None);
        foreach (var image in await glance.ListAsync(_prefix, CancellationToken.None))
            await glance.DeleteAsync((string)image["id"]!, CancellationToken.None);
        _user.Dispose();
    }

    [Theory]
    [Shows("our-marks-cannot-be-forged-neither-on-a-new-image-nor-on-an-older-one")]
    [MemberData(nameof(Marks))]
    public async Task Our_marks_cannot_be_forged_neither_on_a_new_image_nor_on_an_older_one(string mark)
    {
        var own = await _user.Glance.CreateAsync(Image(), Cancel);
        var marks = new Dictionary<string, string>(StringComparer.Ordinal) { [mark] = "imgsync" };

        var created = await Assert.ThrowsAsync<CloudRefusedException>(
            () => _user.Glance.CreateAsync(Image() with { Properties = marks }, Cancel));
        var patched = await Assert.ThrowsAsync<CloudRefusedException>(
            () => _user.Glance.PatchAsync(own.Id, [PatchOperation.Set(mark, "imgsync")], Cancel));

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (created.Status, patched.Status));
        Assert.Empty((await _user.Glance.ShowAsync(own.Id, Cancel))!.Properties);
    }

    [Theory]
    [Shows("our-public-image-can-be-used-and-nothing-else")]
    [MemberData(nameof(Attacks))]
    public async Task Our_public_image_can_be_used_and_nothing_else(string attack)
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await scenario.SyncAsync("debian12");
        var before = Assert.Single(await scenario.ImagesAsync());
        var id = (string)before["id"]!;

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => Attempts[attack](_user.Glance, id));

        Assert.True(refusal.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Conflict, refusal.Message);
        Assert.Equal(before.ToJsonString(), Assert.Single(await scenario.ImagesAsync()).ToJsonString());
        using var reader = await cloud.ProbeAsync(Cancel, "user");
        Assert.NotEmpty(await reader.DownloadAsync(id, Cancel));
    }

    private NewImage Image() => new() { Id = Guid.NewGuid(), Name = _prefix + "Debian 12", DiskFormat = "qcow2" };
}

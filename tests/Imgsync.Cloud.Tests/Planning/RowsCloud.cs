using System.Text.Json.Nodes;
using Imgsync.Core.Glance.Api;

namespace Imgsync.Cloud.Tests.Planning;

/// <summary>Images as a table writes them, in a project of a real Glance.</summary>
internal sealed class RowsCloud(GlanceProbe owner, GlanceProbe admin) : IDisposable
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<RowsCloud> OpenAsync(DevCloud cloud, Scenario scenario) =>
        new(await scenario.ProbeAsync(), await cloud.ProbeAsync(Cancel, "admin"));

    /// <param name="ids">The ids in Glance, by those in the table.</param>
    public async Task CreateAsync(
        GlanceImage image, IReadOnlyDictionary<string, string> ids, byte[] content, IReadOnlyList<string> members)
    {
        var id = ids[image.Id];
        var record = new JsonObject
        {
            ["id"] = id,
            ["name"] = image.Name,
            ["disk_format"] = "raw",
            ["container_format"] = "bare",
            ["visibility"] = image.Visibility,
            ["protected"] = image.Protected,
            ["os_hidden"] = image.OsHidden,
            ["min_ram"] = image.MinRam,
            ["tags"] = new JsonArray([.. image.Tags.Select(tag => JsonValue.Create(tag))]),
        };
        if (image.Owner is not "ours")
            record["owner"] = image.Owner;
        foreach (var (name, value) in image.Properties)
            record[name] = name is "imgsync.replaces" ? ids.GetValueOrDefault(value, value) : value;

        var maker = image.Owner is "ours" ? owner : admin;
        await maker.CreateAsync(record, Cancel);
        if (image.Status is "active" or "deactivated")
            await maker.UploadAsync(id, content, Cancel);
        if (image.Status is "deactivated")
            await admin.ActAsync(id, "deactivate", Cancel);
        foreach (var member in image.Visibility is "shared" ? members : [])
            await maker.ShareAsync(id, member, Cancel);
    }

    public async Task RemoveAsync(string id)
    {
        if (await admin.ShowAsync(id, CancellationToken.None) is not { } left)
            return;
        if ((bool)left["protected"]!)
            await admin.SetAsync(id, "protected", false, CancellationToken.None);
        await admin.DeleteAsync(id, CancellationToken.None);
    }

    public void Dispose()
    {
        owner.Dispose();
        admin.Dispose();
    }
}

using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests;

/// <summary>What the older Python tool leaves in Glance: a date in the name, the source and one digest, and nothing else of ours.</summary>
internal static class OlderTool
{
    /// <returns>The image's id.</returns>
    public static async Task<string> PublishAsync(GlanceProbe glance, string name, PublishedImage image)
    {
        var cancel = TestContext.Current.CancellationToken;
        var id = await glance.CreateAsync(
            new()
            {
                ["name"] = name,
                ["disk_format"] = "qcow2",
                ["container_format"] = "bare",
                ["visibility"] = "public",
                ["source"] = "imgsync",
                ["imgsync.sha512"] = image.Sha512.Hex,
            },
            cancel);
        await glance.UploadAsync(id, await File.ReadAllBytesAsync(image.File, cancel), cancel);
        return id;
    }
}

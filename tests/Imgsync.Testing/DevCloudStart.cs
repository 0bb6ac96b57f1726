using System.Globalization;

namespace Imgsync.Testing;

/// <summary>What came of starting an instance: it runs, or the machine lacks something.</summary>
internal sealed record DevCloudStart(DevCloudInstance Instance, string? Missing)
{
    public static async Task<DevCloudStart> InFolderAsync(string folder, CancellationToken cancellationToken)
    {
        var instance = new DevCloudInstance(folder);
        var missing = await instance.UpAsync(new Dictionary<string, string?>(StringComparer.Ordinal), cancellationToken);
        return new DevCloudStart(instance, missing);
    }

    /// <summary>A new instance that is purged with this process at the latest, even when the process is killed.</summary>
    public static async Task<DevCloudStart> InTemporaryFolderAsync(TimeSpan? tokenLife, CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["DEVCLOUD_OWNER"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
        };
        if (tokenLife is { } life)
        {
            variables["DEVCLOUD_TOKEN_SECONDS"] = ((int)life.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            variables["DEVCLOUD_TOKEN_CACHE_SECONDS"] = "-1";
        }

        var instance = new DevCloudInstance(Directory.CreateTempSubdirectory("imgsync-devcloud-").FullName);
        var missing = await instance.UpAsync(variables, cancellationToken);
        if (missing is not null)
            Directory.Delete(instance.Folder, recursive: true);

        return new DevCloudStart(instance, missing);
    }
}

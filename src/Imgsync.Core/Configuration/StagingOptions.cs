using System.ComponentModel;

namespace Imgsync.Core.Configuration;

/// <summary>Where verified bytes wait: blob storage when an account is named, else a folder.</summary>
public sealed record StagingOptions
{
    [Description("A folder on this machine, for Imgsync's user alone. Default: imgsync below the user's cache folder; without a home "
        + "$STATE_DIRECTORY, $XDG_CACHE_HOME/imgsync, /var/cache/imgsync.")]
    public string? Folder { get; init; }

    [Description("A storage account's blob endpoint, signed in to by managed identity.")]
    public Uri? BlobEndpoint { get; init; }

    [Description("A storage account's connection string, where there is no managed identity.")]
    public Secret? ConnectionString { get; init; }

    [Description("How long a verified copy stays after it was made.")]
    [Age]
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(7);

    [Description("The blob container.")]
    public string Container { get; init; } = "imgsync";
}

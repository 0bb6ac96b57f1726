using System.Text.Json.Serialization;

namespace Imgsync.Core.Runs;

/// <summary>What somebody asks of a run. Empty lists stand for everything that is configured.</summary>
public sealed record RunRequest
{
    public IReadOnlyList<string> Distributions { get; init; } = [];

    public IReadOnlyList<string> Clouds { get; init; } = [];

    /// <summary>Of all that is chosen, only these; null for all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Only { get; init; }

    /// <summary>Everything that the settings name is brought to every cloud that they name.</summary>
    [JsonIgnore]
    public bool IsComplete => Distributions is [] && Only is null && Clouds is [] && !DownloadOnly;

    /// <summary>Publishes again even what is up to date.</summary>
    public bool Force { get; init; }

    /// <summary>Says what would be done and changes nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Stops once the images are verified and staged; no cloud is needed.</summary>
    public bool DownloadOnly { get; init; }
}

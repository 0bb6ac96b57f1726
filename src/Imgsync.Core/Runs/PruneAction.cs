using System.Text.Json.Serialization;

namespace Imgsync.Core.Runs;

/// <summary>What becomes of a superseded image, from the gentlest to the last.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PruneAction>))]
public enum PruneAction
{
    Rename,
    Hide,
    Deactivate,
    Delete,
}

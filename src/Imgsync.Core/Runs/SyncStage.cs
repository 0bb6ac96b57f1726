using System.Text.Json.Serialization;

namespace Imgsync.Core.Runs;

/// <summary>Where an image is on its way.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SyncStage>))]
public enum SyncStage
{
    /// <summary>Asking upstream what is newest.</summary>
    Resolve,

    /// <summary>Asking Glance what it has.</summary>
    Settle,

    /// <summary>Bytes on their way, from upstream or from staging.</summary>
    Transfer,

    /// <summary>Glance's own digest compared, then made visible.</summary>
    Publish,
}

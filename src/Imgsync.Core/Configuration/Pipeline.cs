using System.Text.Json.Serialization;

namespace Imgsync.Core.Configuration;

/// <summary>Which way an image's bytes take that nobody has staged yet. Either way nothing is visible before it is verified.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Pipeline>))]
public enum Pipeline
{
    /// <summary>Upstream to staging and Glance at the same time. When an activity's time does not suffice, the next one goes staged first.</summary>
    SinglePass,

    /// <summary>Upstream to staging, then staging to Glance: right where Glance drops slow uploads, or a publisher is very slow.</summary>
    StagedFirst,
}

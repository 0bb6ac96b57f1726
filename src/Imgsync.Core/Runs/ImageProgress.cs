using System.Text.Json.Serialization;

namespace Imgsync.Core.Runs;

/// <summary>Where one image is now, for whoever watches.</summary>
/// <param name="Bytes">How many bytes have passed in this stage.</param>
/// <param name="Total">How many there will be, where that is known.</param>
public readonly record struct ImageProgress(string Distribution, string Cloud, SyncStage Stage, long Bytes = 0, long? Total = null)
{
    /// <summary>How it ended; null while it goes on.</summary>
    public ImageOutcome? Ended { get; init; }

    /// <summary>How long it waits for its next try; null while it does not.</summary>
    public TimeSpan? RetryIn { get; init; }
}

/// <summary>Where an image is on its way.</summary>
[JsonConverter(typeof(WordConverter<SyncStage>))]
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

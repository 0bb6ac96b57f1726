namespace Imgsync.Core.Runs;

/// <summary>Where one image is now, for whoever watches.</summary>
/// <param name="Bytes">How many bytes have passed in this stage.</param>
/// <param name="Total">How many there will be, where that is known.</param>
public readonly record struct ImageProgress(string Distribution, string Cloud, SyncStage Stage, long Bytes = 0, long? Total = null);

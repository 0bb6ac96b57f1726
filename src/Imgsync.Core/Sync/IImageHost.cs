using Imgsync.Core.Runs;

namespace Imgsync.Core.Sync;

/// <summary>What <see cref="ImageFanOut"/> needs of its host: this process, or a workflow engine.</summary>
public interface IImageHost
{
    /// <summary>An image is about to be tried for the first time.</summary>
    void Started(SyncWork work);

    /// <summary>Tries once. It never throws: whatever goes wrong is the result.</summary>
    Task<SyncResult> AttemptAsync(SyncWork work);

    /// <summary>Lets time pass before the next try, or before the next look at what Glance is importing (then the outcome is
    /// <see cref="OutcomeKind.Unfinished"/>); ends early when the run is cancelled.</summary>
    /// <param name="failed">How many tries have failed.</param>
    /// <param name="outcome">How the last one ended.</param>
    Task WaitAsync(TimeSpan wait, int failed, ImageOutcome outcome);

    /// <summary>An image has its outcome, or was never started because the run was cancelled.</summary>
    void Ended(ImageOutcome outcome);
}

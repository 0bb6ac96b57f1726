using Imgsync.Core.Runs;

namespace Imgsync.Core.Sync;

/// <summary>Works through a plan's images, a bounded number at a time. A distribution's clouds take turns until one has brought
/// the bytes to staging; the rest then read the staged copy, all at once. One that wants another of the publisher's files takes a turn
/// again. What one has learned of upstream goes to the next. An image that waits for its next try keeps neither its place nor its turn.
/// One publisher has never all places while another's images are to be done, however slow it is.</summary>
/// <remarks>A workflow's orchestrator drives this, too: what starts when depends on nothing but the order in which tasks end, and no
/// lock or semaphore is used, whose continuations would leave the orchestrator's thread.</remarks>
/// <param name="cancelled">Once this is completed nothing new starts.</param>
public sealed class ImageFanOut(RunPlan plan, SyncLimits limits, IImageHost host, Task cancelled)
{
    private readonly List<Image> _ready = [.. plan.Distributions.SelectMany(planned => Images(plan, planned))];
    private readonly Dictionary<string, int> _open = plan.Distributions
        .GroupBy(planned => planned.Publisher ?? "", StringComparer.Ordinal)
        .ToDictionary(one => one.Key, one => one.Sum(planned => SyncWork.Of(plan, planned).Count()), StringComparer.Ordinal);

    private readonly Dictionary<string, int> _atWorkOf = new(StringComparer.Ordinal);
    private readonly List<Task<(Image Image, SyncResult? Result)>> _underWay = [];
    private int _atWork;

    public async Task RunAsync()
    {
        for (StartReady(); _underWay.Count > 0; StartReady())
        {
            var ended = await Task.WhenAny(_underWay);
            _underWay.Remove(ended);
            var (image, result) = await ended;
            if (result is null)
                _ready.Add(image);
            else
                Take(image, result);
        }

        foreach (var image in _ready)
            host.Ended(image.Outcome switch
            {
                null => ImageOutcome.NeverStarted(image.Work),
                { Kind: OutcomeKind.Unfinished } => image.Outcome.AsCancelled(),
                _ => image.Outcome,
            });
    }

    private static IEnumerable<Image> Images(RunPlan plan, PlannedDistribution planned)
    {
        var distribution = new Distribution(planned.Publisher ?? "");
        return SyncWork.Of(plan, planned).Select(work => new Image(work, distribution));
    }

    private void StartReady()
    {
        for (var place = 0; place < _ready.Count && _atWork < limits.MaxParallel && !cancelled.IsCompleted;)
        {
            var image = _ready[place];
            if (!image.MayStart || WouldHoldUpOthers(image.Distribution.Publisher))
            {
                place++;
                continue;
            }

            _ready.RemoveAt(place);
            _atWork++;
            _atWorkOf[image.Distribution.Publisher] = _atWorkOf.GetValueOrDefault(image.Distribution.Publisher) + 1;
            image.Begin();
            _underWay.Add(AttemptAsync(image));
        }
    }

    /// <summary>The last place is kept for somebody else. Where there is one place only, all take turns in it.</summary>
    private bool WouldHoldUpOthers(string publisher) =>
        limits.MaxParallel > 1
        && _atWorkOf.GetValueOrDefault(publisher) >= limits.MaxParallel - 1
        && _open.Any(other => other.Key != publisher && other.Value > 0);

    private async Task<(Image, SyncResult?)> AttemptAsync(Image image)
    {
        if (!image.HasStarted)
            host.Started(image.Work);
        image.HasStarted = true;
        return (image, await host.AttemptAsync(image.Work with { Known = image.Distribution.Known, StagedOnly = !image.HasTurn }));
    }

    private async Task<(Image, SyncResult?)> WaitAsync(Image image, TimeSpan wait)
    {
        await host.WaitAsync(wait, image.Failed, image.Outcome!);
        return (image, null);
    }

    private void Take(Image image, SyncResult result)
    {
        _atWork--;
        _atWorkOf[image.Distribution.Publisher]--;
        image.Add(result);
        image.Work = image.Work with { Importing = result.LookAgainAfter is not null };
        if (result.LookAgainAfter is { } wait)
            _underWay.Add(WaitAsync(image, wait));
        else if (result.NeedsTurn)
            _ready.Insert(0, image);
        else if (result.Outcome.Kind is OutcomeKind.Unfinished)
            TakeUnfinished(image);
        else if (result.MayPass && ++image.Failed < limits.Attempts && !cancelled.IsCompleted)
            _underWay.Add(WaitAsync(image, limits.Wait(image.Failed)));
        else
            End(image, image.Outcome!);
    }

    private void End(Image image, ImageOutcome outcome)
    {
        _open[image.Distribution.Publisher]--;
        host.Ended(outcome);
    }

    /// <summary>Its time budget is spent and its bytes are kept. From now on they are made safe before
    /// Glance sees any, because one pass did not suffice.</summary>
    private void TakeUnfinished(Image image)
    {
        image.Failed = 0;
        image.Work = image.Work with { StagedFirst = true };
        if (++image.Rounds < limits.MaxRounds && !cancelled.IsCompleted)
            _ready.Insert(0, image);
        else
            End(image, cancelled.IsCompleted ? image.Outcome!.AsCancelled() : image.Outcome!.AsNotDone(limits.MaxRounds));
    }

    /// <summary>What the images of one distribution have in common.</summary>
    private sealed class Distribution(string publisher)
    {
        public string Publisher => publisher;

        /// <summary>How many files have been brought to staging by now.</summary>
        public int Staged { get; private set; }

        /// <summary>Whether one is at work that may fetch what is not staged.</summary>
        public bool IsFetching { get; set; }

        /// <summary>What the run has learned of upstream.</summary>
        public Resolution? Known { get; private set; }

        public void Learn(SyncResult result, bool mayHaveFetched)
        {
            Known = result.Found ?? Known;
            IsFetching &= !mayHaveFetched;
            if (mayHaveFetched && result.Outcome.HasBytes)
                Staged++;
        }
    }

    private sealed class Image(SyncWork work, Distribution distribution)
    {
        public SyncWork Work { get; set; } = work;

        // How many files were staged when it found that none of them is its own.
        private int _without;

        public Distribution Distribution => distribution;

        public bool MayStart => MayRead || !distribution.IsFetching;

        /// <summary>Whether it may fetch what it needs.</summary>
        public bool HasTurn { get; private set; }

        public bool HasStarted { get; set; }

        /// <summary>How the last try ended, with what all of them have moved.</summary>
        public ImageOutcome? Outcome { get; private set; }

        public int Failed { get; set; }

        public int Rounds { get; set; }

        private bool MayRead => distribution.Staged > _without;

        public void Begin()
        {
            HasTurn = !MayRead;
            distribution.IsFetching |= HasTurn;
        }

        public void Add(SyncResult result)
        {
            distribution.Learn(result, HasTurn);
            if (result.NeedsTurn)
                _without = distribution.Staged;
            Outcome = result.Outcome.After(Outcome);
            Work = Work with { Downloaded = Outcome.BytesDownloaded };
        }
    }
}

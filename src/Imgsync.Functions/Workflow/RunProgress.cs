using System.Text.Json;
using Imgsync.Core;
using Imgsync.Core.Runs;
using Imgsync.Functions.Workflow.Batches;

namespace Imgsync.Functions.Workflow;

/// <summary>Counts outcomes as they arrive and publishes them as the orchestration's status whenever something changes. A replay
/// publishes every status of the run again, so one costs the same with ten distributions and with a thousand.</summary>
internal sealed class RunProgress
{
    /// <summary>Durable Functions takes 16 KiB of UTF-16, that is 8,192 characters; a
    /// quarter is left for everything but the two lists.</summary>
    private const int RoomForDistributions = 4 * 1024;

    private const int RoomForInFlight = 2 * 1024;

    /// <summary>Each of its characters may be written as six.</summary>
    private const int LongestReason = 500;

    private readonly Action<RunStatus> _publish;
    private readonly RunId _run;
    private readonly int _total;
    private readonly List<ImageOutcome> _outcomes = [];
    private readonly List<int> _batches = [];
    private readonly SortedDictionary<OutcomeKind, int> _counts = [];
    private readonly Dictionary<string, Standing> _standings;
    private readonly SortedSet<Standing> _byInterest;
    private readonly List<InFlight> _inFlight = [];
    private RunPhase _phase = RunPhase.Planning;
    private string? _lost;

    public RunProgress(RunPlan plan, Action<RunStatus> publish)
    {
        _publish = publish;
        _run = plan.Run;
        _total = plan.Distributions.Sum(planned => planned.Clouds.Count);
        _standings = plan.Distributions.Select(
            (planned, place) => new Standing(planned, place)).ToDictionary(standing => standing.Distribution, StringComparer.Ordinal);
        _byInterest = new SortedSet<Standing>(
            _standings.Values, Comparer<Standing>.Create((left, right) => left.Rank.CompareTo(right.Rank)));
    }

    /// <summary>Those that are here; the others are in the staging store, by <see cref="Batches"/>.</summary>
    public IReadOnlyList<ImageOutcome> Outcomes => _outcomes;

    public IReadOnlyList<int> Batches => _batches;

    public IReadOnlyDictionary<OutcomeKind, int> Counts() => new Dictionary<OutcomeKind, int>(_counts);

    /// <summary>A run that was cancelled stays so until it reports.</summary>
    public void Enter(RunPhase phase)
    {
        if (_phase is RunPhase.Cancelling && phase is RunPhase.Syncing)
            return;
        _phase = phase;
        Publish();
    }

    /// <param name="reason">Why the report could not be stored. Nothing is in flight any more, so that there is room for it.</param>
    public void Lose(string reason)
    {
        _lost = reason.Shortened(LongestReason);
        Publish();
    }

    public void Started(SyncWork work)
    {
        _inFlight.Add(new InFlight(work.Distribution, work.Cloud ?? ""));
        Change(work.Distribution, standing => standing.Begun = true);
        Publish();
    }

    public void Started(SyncBatch batch)
    {
        foreach (var planned in batch.Plan.Distributions)
            Change(planned.Distribution, standing => standing.InBatch = true);
        Publish();
    }

    public void Ended(SyncBatch batch, BatchSummary summary)
    {
        _batches.Add(batch.Number);
        foreach (var (kind, count) in summary.Outcomes)
            _counts[kind] = _counts.GetValueOrDefault(kind) + count;
        foreach (var planned in batch.Plan.Distributions)
            Change(
                planned.Distribution, standing =>
                    standing.End(failed: summary.Failed.Contains(planned.Distribution, StringComparer.Ordinal)));
        Publish();
    }

    public BatchSummary Summary(int batch) => new(
        batch, Counts(),
        [.. _standings.Values.Where(standing => standing.Stage == DistributionStage.Failed).Select(standing => standing.Distribution)]);

    public void Ended(ImageOutcome outcome)
    {
        _outcomes.Add(outcome);
        _counts[outcome.Kind] = _counts.GetValueOrDefault(outcome.Kind) + 1;
        _inFlight.Remove(new InFlight(outcome.Distribution, outcome.Cloud));
        Change(outcome.Distribution, standing => standing.Add(outcome));
        Publish();
    }

    private void Publish() => _publish(Status());

    private RunStatus Status()
    {
        var listed = new Dictionary<string, DistributionStage>(StringComparer.Ordinal);
        var room = RoomForDistributions;
        foreach (var standing in _byInterest.TakeWhile(standing => (room -= standing.Length) >= 0))
            listed.Add(standing.Distribution, standing.Stage);
        return new RunStatus(_run, _phase, _total, _counts.Values.Sum(), Counts(), listed, _standings.Count - listed.Count)
        {
            InFlight = InFlightThatFit(),
            Lost = _lost,
        };
    }

    private List<InFlight> InFlightThatFit()
    {
        var room = RoomForInFlight;
        return [.. _inFlight.TakeWhile(one => (room -= Characters(one)) >= 0)];
    }

    private static int Characters(InFlight one) =>
        Characters(one.Distribution) + Characters(one.Cloud) + """{"Distribution":"","Cloud":""},""".Length;

    private static int Characters(string text) => JsonEncodedText.Encode(text).ToString().Length;

    private void Change(string distribution, Action<Standing> change)
    {
        var standing = _standings[distribution];
        _byInterest.Remove(standing);
        change(standing);
        _byInterest.Add(standing);
    }

    private sealed class Standing(PlannedDistribution planned, int place)
    {
        private int _ended;
        private bool _failed;

        public string Distribution => planned.Distribution;

        /// <summary>Characters in the status: <c>"name":"OtherClouds",</c>.</summary>
        public int Length { get; } = Characters(planned.Distribution) + 18;

        public bool Begun { get; set; }

        public bool InBatch { get; set; }

        public DistributionStage Stage => this switch
        {
            _ when _ended == planned.Clouds.Count => _failed ? DistributionStage.Failed : DistributionStage.Done,
            _ when InBatch => DistributionStage.AtWork,
            _ when _ended > 0 => DistributionStage.OtherClouds,
            _ => Begun ? DistributionStage.FirstCloud : DistributionStage.Waiting,
        };

        /// <summary>What is at work comes first, then what has failed, what waits and what is done; in the plan's order each.</summary>
        public (int Interest, int Place) Rank => (Stage switch
        {
            DistributionStage.AtWork or DistributionStage.FirstCloud or DistributionStage.OtherClouds => 0,
            DistributionStage.Failed => 1,
            DistributionStage.Waiting => 2,
            _ => 3,
        }, place);

        public void End(bool failed) => (_ended, _failed) = (planned.Clouds.Count, failed);

        public void Add(ImageOutcome outcome)
        {
            _ended++;
            _failed |= !outcome.IsGood;
        }
    }
}

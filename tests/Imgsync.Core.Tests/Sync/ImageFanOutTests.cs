using Imgsync.Core.Content;
using Imgsync.Core.Runs;
using Imgsync.Core.Sync;

namespace Imgsync.Core.Tests.Sync;

/// <summary>Which images are at work when, whoever the host is.</summary>
public sealed class ImageFanOutTests
{
    private static readonly ContentFacts Facts = new(
        1, Digest.FromBytes(DigestAlgorithm.Sha256, new byte[32]), Digest.FromBytes(DigestAlgorithm.Sha512, new byte[64]));
    private static readonly SyncLimits Limits = new(MaxParallel: 4, Attempts: 3, TimeSpan.FromSeconds(30), MaxRounds: 3);

    [Fact]
    public async Task The_other_clouds_wait_until_the_bytes_are_there_and_then_go_at_once()
    {
        var host = new ScriptedHost();
        var run = host.Run(Limits, ("debian12", ["first", "second", "third"]));

        Assert.Equal("first", host.AtWork);
        host.End("first", OutcomeKind.Published);

        Assert.Equal("second third", host.AtWork);
        host.End("second", OutcomeKind.Published);
        host.End("third", OutcomeKind.Published);
        await run;
    }

    [Fact]
    public async Task A_cloud_that_has_the_image_or_fails_leaves_the_turn_to_the_next_alone()
    {
        var host = new ScriptedHost();
        var run = host.Run(Limits, ("debian12", ["has", "fails", "third", "fourth"]));

        host.End("has", OutcomeKind.UpToDate);
        Assert.Equal("fails", host.AtWork);
        host.End("fails", OutcomeKind.Failed);
        Assert.Equal("third", host.AtWork);
        host.End("third", OutcomeKind.Published);
        Assert.Equal("fourth", host.AtWork);
        host.End("fourth", OutcomeKind.Published);
        await run;

        Assert.Equal("UpToDate Failed Published Published", string.Join(' ', host.Outcomes.Select(outcome => outcome.Kind)));
    }

    [Fact]
    public async Task One_that_waits_for_its_next_try_lets_the_other_clouds_and_distributions_go_first()
    {
        var host = new ScriptedHost();
        var run = host.Run(Limits with { MaxParallel = 1 }, ("debian12", ["fails", "next"]), ("debian13", ["other"]));

        host.End("fails", OutcomeKind.Failed, mayPass: true);
        Assert.Equal("next", host.AtWork);
        host.End("next", OutcomeKind.Published);
        Assert.Equal("other", host.AtWork);
        host.EndWait("fails");
        Assert.Equal("other", host.AtWork);
        host.End("other", OutcomeKind.Published);
        Assert.Equal("fails", host.AtWork);
        host.End("fails", OutcomeKind.Published);
        await run;

        Assert.Equal([TimeSpan.FromSeconds(30)], host.Waits);
    }

    [Fact]
    public async Task Tries_end_and_what_all_of_them_moved_is_in_the_outcome()
    {
        var host = new ScriptedHost();
        var run = host.Run(Limits, ("debian12", ["east"]));

        for (var attempt = 1; attempt <= 3; attempt++)
        {
            host.End("east", OutcomeKind.Failed, mayPass: true);
            if (attempt < 3)
                host.EndWait("east");
        }

        await run;

        Assert.Equal(30, Assert.Single(host.Outcomes).BytesDownloaded);
        Assert.Equal([0, 10, 20], host.Works.Select(work => work.Downloaded));
        Assert.Equal([TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60)], host.Waits);
    }

    [Fact]
    public async Task One_whose_time_is_spent_goes_on_at_once_and_staged_first_for_so_many_rounds()
    {
        var host = new ScriptedHost();
        var run = host.Run(Limits with { MaxParallel = 1 }, ("debian12", ["east"]), ("debian13", ["west"]));

        host.End("east", OutcomeKind.Unfinished);
        Assert.Equal("east", host.AtWork);
        host.End("east", OutcomeKind.Unfinished);
        host.End("east", OutcomeKind.Unfinished);
        Assert.Equal("west", host.AtWork);
        host.End("west", OutcomeKind.Published);
        await run;

        Assert.Equal([false, true, true, false], host.Works.Select(work => work.StagedFirst));
        Assert.Equal((OutcomeKind.Failed, FailureKind.TimeSpent), (host.Outcomes[0].Kind, host.Outcomes[0].Failure));
    }

    [Fact]
    public async Task Once_it_is_cancelled_nothing_starts_and_every_image_has_an_outcome()
    {
        var host = new ScriptedHost();
        var run = host.Run(Limits with { MaxParallel = 2 }, ("debian12", ["waits", "never"]), ("debian13", ["ends"]));
        host.End("waits", OutcomeKind.Failed, mayPass: true);

        host.Cancel();
        host.EndWait("waits");
        host.End("never", OutcomeKind.Published);
        host.End("ends", OutcomeKind.Failed, mayPass: true);
        await run;

        Assert.Equal(3, host.Outcomes.Count);
        Assert.All(host.Outcomes.Where(outcome => outcome.Cloud is not "never"), outcome => Assert.Equal(OutcomeKind.Failed, outcome.Kind));
    }

    [Fact]
    public async Task A_publisher_whose_images_never_end_holds_up_no_other_one()
    {
        var host = new ScriptedHost { PublisherOf = distribution => distribution.TrimEnd('1', '2', '3', '4', '5') };
        var run = host.Run(Limits, [
            .. Enumerable.Range(1, 5).Select(number => ($"slow{number}", (string[])[$"slow{number}"])), ("quick1", ["quick1"]), ("other1", ["other1"]),
        ]);

        Assert.Equal("slow1 slow2 slow3 quick1", host.AtWork);
        host.End("quick1", OutcomeKind.Published);
        Assert.Equal("slow1 slow2 slow3 other1", host.AtWork);
        host.End("other1", OutcomeKind.Failed, mayPass: true);
        Assert.Equal("slow1 slow2 slow3", host.AtWork);
        host.EndWait("other1");
        host.End("other1", OutcomeKind.Published);

        Assert.Equal("slow1 slow2 slow3 slow4", host.AtWork);
        foreach (var number in Enumerable.Range(1, 5))
            host.End($"slow{number}", OutcomeKind.Published);
        await run;
        Assert.Equal(7, host.Outcomes.Count);
    }

    [Fact]
    public async Task What_Glance_imports_by_itself_is_looked_at_again_and_holds_up_nobody_meanwhile()
    {
        var host = new ScriptedHost();
        var run = host.Run(Limits with { MaxParallel = 1, MaxRounds = 1 }, ("debian12", ["first", "second"]));

        host.Leave("first", TimeSpan.FromSeconds(1));
        Assert.Equal("second", host.AtWork);
        host.End("second", OutcomeKind.Published);
        host.EndWait("first");
        host.Leave("first", TimeSpan.FromSeconds(2));
        host.EndWait("first");
        host.End("first", OutcomeKind.Published);
        await run;

        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], host.Waits);
        Assert.Equal([false, false, false, false], host.Works.Select(work => work.StagedFirst));
        Assert.Equal([false, false, true, true], host.Works.Select(work => work.Importing));
        Assert.All(host.Outcomes, outcome => Assert.Equal(OutcomeKind.Published, outcome.Kind));
    }

    [Fact]
    public async Task A_run_that_is_cancelled_does_not_wait_for_Glance()
    {
        var host = new ScriptedHost();
        var run = host.Run(Limits, ("debian12", ["first"]));

        host.Leave("first", TimeSpan.FromHours(1));
        host.Cancel();
        host.EndWait("first");
        await run;

        Assert.Equal(FailureKind.Cancelled, Assert.Single(host.Outcomes).Failure);
    }

    [Fact]
    public async Task A_cloud_that_wants_another_file_takes_a_turn_for_it_and_the_rest_then_go_at_once()
    {
        var host = new ScriptedHost();
        var run = host.Run(Limits, ("debian12", ["raw", "qcow2", "too", "raw2"]));

        Assert.Equal("raw", host.AtWork);
        host.End("raw", OutcomeKind.Published);
        Assert.Equal("qcow2 too raw2", host.AtWork);
        host.Want("too");
        Assert.Equal("qcow2 too raw2", host.AtWork); // its turn has come already
        host.Want("qcow2");
        Assert.Equal("too raw2", host.AtWork);
        host.End("too", OutcomeKind.Published);
        Assert.Equal("qcow2 raw2", host.AtWork);
        host.End("raw2", OutcomeKind.Published);
        host.End("qcow2", OutcomeKind.Published);
        await run;

        Assert.Equal(
            ["raw", "qcow2 staged", "too staged", "raw2 staged", "too", "qcow2 staged"],
            host.Works.Select(work => work.Cloud + (work.StagedOnly ? " staged" : "")));
        Assert.All(host.Outcomes, outcome => Assert.Equal(OutcomeKind.Published, outcome.Kind));
        Assert.Equal(4, host.Outcomes.Count);
    }

    [Fact]
    public async Task A_turn_that_brings_nothing_goes_to_the_next_that_wants_the_file()
    {
        var host = new ScriptedHost();
        var run = host.Run(Limits, ("debian12", ["raw", "fails", "next"]));

        host.End("raw", OutcomeKind.Published);
        host.Want("fails");
        host.Want("next");
        Assert.Equal("fails", host.AtWork);
        host.End("fails", OutcomeKind.Failed);
        Assert.Equal("next", host.AtWork);
        host.Cancel();
        host.End("next", OutcomeKind.Published);
        await run;

        Assert.Equal("Published Failed Published", string.Join(' ', host.Outcomes.Select(outcome => outcome.Kind)));
    }

    [Fact]
    public async Task One_that_waits_for_its_turn_when_the_run_is_cancelled_is_told_as_such()
    {
        var host = new ScriptedHost();
        var run = host.Run(Limits with { MaxParallel = 2 }, ("debian12", ["raw", "waits", "other"]));

        host.End("raw", OutcomeKind.Published);
        host.Cancel();
        host.Want("waits");
        host.End("other", OutcomeKind.Published);
        await run;

        Assert.Equal(FailureKind.Cancelled, host.Outcomes.Single(outcome => outcome.Cloud is "waits").Failure);
    }

    /// <summary>Runs all that its caller lets go on in the caller's own thread, so that nothing has to be waited for.</summary>
    private sealed class ScriptedHost : IImageHost
    {
        private readonly Dictionary<string, TaskCompletionSource<SyncResult>> _atWork = new(StringComparer.Ordinal);
        private readonly Dictionary<string, TaskCompletionSource> _waiting = new(StringComparer.Ordinal);
        private readonly TaskCompletionSource _cancelled = new();

        public Func<string, string?> PublisherOf { get; init; } = _ => null;

        public string AtWork => string.Join(' ', _atWork.Keys);

        public List<SyncWork> Works { get; } = [];

        public List<TimeSpan> Waits { get; } = [];

        public List<ImageOutcome> Outcomes { get; } = [];

        public Task Run(SyncLimits limits, params (string Distribution, string[] Clouds)[] plan) => new ImageFanOut(
            new RunPlan(
                RunId.Parse(
                    "run"),
                new RunRequest(),
                [.. plan.Select(planned => new PlannedDistribution(planned.Distribution, planned.Clouds, PublisherOf(planned.Distribution)))]),
            limits,
            this,
            _cancelled.Task).RunAsync();

        public void Cancel() => _cancelled.SetResult();

        public void Started(SyncWork work)
        {
        }

        public Task<SyncResult> AttemptAsync(SyncWork work)
        {
            Works.Add(work);
            return (_atWork[work.Cloud!] = new TaskCompletionSource<SyncResult>()).Task;
        }

        public Task WaitAsync(TimeSpan wait, int failed, ImageOutcome outcome)
        {
            Waits.Add(wait);
            return (_waiting[outcome.Cloud] = new TaskCompletionSource()).Task;
        }

        public void Ended(ImageOutcome outcome) => Outcomes.Add(outcome);

        public void Leave(string cloud, TimeSpan lookAgainAfter) => End(cloud, OutcomeKind.Unfinished, lookAgainAfter: lookAgainAfter);

        /// <summary>It finds that the file which it needs is not staged.</summary>
        public void Want(string cloud) => End(cloud, OutcomeKind.Unfinished, needsTurn: true);

        public void End(
            string cloud, OutcomeKind kind, bool mayPass = false, TimeSpan? lookAgainAfter = null, bool needsTurn = false)
        {
            Assert.True(_atWork.Remove(cloud, out var attempt), $"{cloud} is not at work, but {AtWork}.");
            attempt.SetResult(new SyncResult(
                new ImageOutcome
                {
                    Distribution = Works.Last(work => work.Cloud == cloud).Distribution,
                    Cloud = cloud,
                    Kind = kind,
                    Reason = "",
                    BytesDownloaded = 10,
                    Content = kind is OutcomeKind.Published || lookAgainAfter is not null ? Facts : null,
                },
                mayPass,
                LookAgainAfter: lookAgainAfter,
                NeedsTurn: needsTurn));
        }

        public void EndWait(string cloud)
        {
            Assert.True(_waiting.Remove(cloud, out var wait), $"{cloud} waits for nothing.");
            wait.SetResult();
        }
    }
}

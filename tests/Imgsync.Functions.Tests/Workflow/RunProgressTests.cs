using System.Text.Json;
using Imgsync.Core;
using Imgsync.Core.Runs;
using Imgsync.Functions.Workflow;

namespace Imgsync.Functions.Tests.Workflow;

public sealed class RunProgressTests
{
    private RunStatus _status = null!;

    private static readonly RunPlan Plan = new(RunId.Parse("run"), new RunRequest(),
    [
        new PlannedDistribution("debian12", ["east", "west"]),
        new PlannedDistribution("debian13", ["east", "west"]),
        new PlannedDistribution("ubuntu24", ["east", "west"]),
    ]);

    [Fact]
    public void A_distribution_goes_from_waiting_to_its_first_cloud_to_the_others_to_done()
    {
        var progress = Progress();
        var stages = new List<DistributionStage> { Stage() };

        progress.Started(new SyncWork("debian12", "east", RunId.Parse("run")));
        stages.Add(Stage());
        progress.Ended(Outcome("debian12", "east", OutcomeKind.Published));
        stages.Add(Stage());
        progress.Ended(Outcome("debian12", "west", OutcomeKind.UpToDate));
        stages.Add(Stage());

        Assert.Equal(
            [DistributionStage.Waiting, DistributionStage.FirstCloud, DistributionStage.OtherClouds, DistributionStage.Done], stages);
    }

    [Fact]
    public void A_distribution_that_failed_in_one_cloud_has_failed_once_the_others_are_done()
    {
        var progress = Progress();

        progress.Ended(Outcome("debian12", "east", OutcomeKind.Failed));
        progress.Ended(Outcome("debian12", "west", OutcomeKind.Published));

        Assert.Equal(DistributionStage.Failed, Stage());
    }

    [Fact]
    public void Outcomes_are_counted_by_kind()
    {
        var progress = Progress();

        progress.Ended(Outcome("debian12", "east", OutcomeKind.Published));
        progress.Ended(Outcome("debian12", "west", OutcomeKind.Published));
        progress.Ended(Outcome("debian13", "east", OutcomeKind.Failed));

        var status = _status;
        Assert.Equal((6, 3), (status.Total, status.Done));
        Assert.Equal(2, status.Outcomes[OutcomeKind.Published]);
        Assert.Equal(1, status.Outcomes[OutcomeKind.Failed]);
    }

    [Fact]
    public void What_is_at_work_is_told_first_and_what_is_done_last()
    {
        var progress = Progress();

        progress.Ended(Outcome("debian12", "east", OutcomeKind.UpToDate));
        progress.Ended(Outcome("debian12", "west", OutcomeKind.UpToDate));
        progress.Started(new SyncWork("ubuntu24", "east", RunId.Parse("run")));

        Assert.Equal("ubuntu24 debian13 debian12", string.Join(' ', _status.Distributions.Keys));
    }

    [Fact]
    public void What_was_handed_to_the_engine_and_has_not_ended_is_in_flight()
    {
        var progress = Progress();

        progress.Started(new SyncWork("debian12", "east", RunId.Parse("run")));
        progress.Started(new SyncWork("ubuntu24", "east", RunId.Parse("run")));
        progress.Ended(Outcome("debian12", "east", OutcomeKind.Published));

        Assert.Equal([new InFlight("ubuntu24", "east")], _status.InFlight);
    }

    /// <summary>Durable Functions takes 16 KiB of UTF-16.</summary>
    [Fact]
    public void A_status_has_room_for_why_a_report_is_lost_however_that_is_written()
    {
        var many = Enumerable.Range(1, 500).Select(number => new PlannedDistribution($"distribution'{number}", ["east"]));
        var progress = new RunProgress(Plan with { Distributions = [.. many] }, status => _status = status);

        progress.Lose(new string('\'', 2000));

        Assert.StartsWith("'''", _status.Lost, StringComparison.Ordinal);
        Assert.InRange(JsonSerializer.Serialize(_status).Length, 4000, 8192);
    }

    private RunProgress Progress()
    {
        var progress = new RunProgress(Plan, status => _status = status);
        progress.Enter(RunPhase.Syncing);
        return progress;
    }

    private DistributionStage Stage() => _status.Distributions["debian12"];

    private static ImageOutcome Outcome(string distribution, string cloud, OutcomeKind kind) =>
        new() { Distribution = distribution, Cloud = cloud, Kind = kind, Reason = "because" };
}

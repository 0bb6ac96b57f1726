using Imgsync.Core;
using Imgsync.Core.Runs;
using Imgsync.Functions.Http;
using Imgsync.Functions.Setup;
using Imgsync.Functions.Workflow;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Imgsync.Functions;

/// <summary>How things stand, how one run did, and how to stop it.</summary>
public sealed class Runs(ReportStore reports, RunNotes notes, QueuedImages queue, AppSetup setup, HttpAnswers answers)
{
    public static string Location(RunId run) => $"/api/runs/{run}";

    [Function(nameof(Status))]
    public Task<IActionResult> Status(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "status")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => answers.AnswerAsync(async stop =>
    {
        var current = await CurrentRun.FindAsync(client, stop);
        return new Answer(StatusCodes.Status200OK, new StatusAnswer(
            current is { IsUnderWay: true } ? await ShownAsync(current, stop) : null,
            current is { IsUnderWay: false, Failure: not null } ? await ShownAsync(current, stop) : null,
            await reports.FindLastAsync(stop),
            setup.Complaints is [] ? null : setup.Complaints));
    }, cancellationToken);

    [Function(nameof(Run))]
    public Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "runs/{id}")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => answers.AnswerAsync(async stop =>
    {
        if (!RunId.TryParse(id, out var run))
            return Answer.NotFound();

        var current = await FindAsync(client, run, stop);
        if (current is { IsUnderWay: true })
            return new Answer(StatusCodes.Status200OK, await ShownAsync(current, stop)) { RetryAfterSeconds = 10 };
        if (current is { Status.Lost: not null })
            return new Answer(StatusCodes.Status200OK, await ShownAsync(current, stop)); // whatever the store has of its report
        if (await reports.FindAsync(run, stop) is { } report)
            return new Answer(StatusCodes.Status200OK, new RunAnswer(run, RunState.Ended, report.StartedAt, Report: report));
        return current is null ? Answer.NotFound() : new Answer(StatusCodes.Status200OK, await ShownAsync(current, stop));
    }, cancellationToken);

    [Function(nameof(Cancel))]
    public Task<IActionResult> Cancel(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "runs/{id}/cancel")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => answers.AnswerAsync(async stop =>
    {
        if (!RunId.TryParse(id, out var run))
            return Answer.NotFound();

        var current = await FindAsync(client, run, stop);
        if (current is { IsUnderWay: true })
        {
            // First the note, which an activity that is about to begin reads; the event may take seconds.
            await notes.CancelAsync(run, stop);
            await client.RaiseEventAsync(SyncOrchestrator.InstanceId, RunCancellation.Event, id, stop);
            return new Answer(StatusCodes.Status202Accepted, await ShownAsync(current, stop)) { Location = Location(run) };
        }

        return current is null && await reports.FindAsync(run, stop) is null
            ? Answer.NotFound()
            : Answer.Problem(StatusCodes.Status409Conflict, "The run has ended", run: run);
    }, cancellationToken);

    private async Task<RunAnswer> ShownAsync(CurrentRun current, CancellationToken cancellationToken) =>
        RunAnswer.Of(current, await queue.LookAsync(current, cancellationToken));

    private static async Task<CurrentRun?> FindAsync(DurableTaskClient client, RunId run, CancellationToken cancellationToken) =>
        await CurrentRun.FindAsync(client, cancellationToken) is { } current && current.Run == run ? current : null;
}

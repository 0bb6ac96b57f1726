using Imgsync.Core;
using Imgsync.Core.Runs;
using Imgsync.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Imgsync.Functions;

/// <summary>Starts a run by hand. The answer points to our own status route: the engine's URLs carry a key to every instance.</summary>
public sealed class Resync(RunStarter starter, HttpAnswers answers)
{
    [Function(nameof(Resync))]
    public Task<IActionResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "resync")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => answers.AnswerAsync(async stop =>
    {
        if (await ResyncBody.ReadAsync(request.Body, stop) is not { } body)
            return Refused([$"The body is longer than {ResyncBody.LongestBody.InBytes()}: name less, or nothing for everything."]);

        var faults = new List<string>();
        var wanted = ResyncBody.Parse(body, faults);
        try
        {
            return faults is [] ? await StartAsync(client, wanted, stop) : Refused([.. faults, .. starter.Faults(wanted)]);
        }
        catch (ConfigurationException impossible)
        {
            return Refused(impossible.Faults);
        }
    }, cancellationToken);

    private async Task<Answer> StartAsync(DurableTaskClient client, RunRequest wanted, CancellationToken cancellationToken)
    {
        var started = await starter.StartAsync(client, wanted, cancellationToken);
        return started.IsNew
            ? new Answer(StatusCodes.Status202Accepted, new { run = started.Run }) { Location = Runs.Location(started.Run) }
            : Answer.Problem(StatusCodes.Status409Conflict, "A run is under way", "Wait for it to end, or cancel it.", run: started.Run);
    }

    private static Answer Refused(IReadOnlyList<string> faults) =>
        Answer.Problem(StatusCodes.Status400BadRequest, "The request cannot be met as it stands", faults: faults);
}

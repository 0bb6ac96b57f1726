using Imgsync.Core.Reporting;
using Imgsync.Functions.Http;
using Imgsync.Functions.Setup;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Imgsync.Functions;

/// <summary>How the images stand and how runs ended, for Prometheus: what <c>imgsync metrics</c> says.</summary>
public sealed class Metrics(FigureReader figures, HttpAnswers answers)
{
    [Function(nameof(Metrics))]
    public Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "metrics")] HttpRequest request,
        CancellationToken cancellationToken) => answers.AnswerAsync(
            async stop => new Answer(
                StatusCodes.Status200OK, MetricsPage.Of(await figures.ReadAsync(stop), AppSetup.Version), MetricsPage.ContentType),
            cancellationToken);
}

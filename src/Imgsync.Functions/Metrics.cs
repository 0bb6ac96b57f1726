using System.Reflection;
using Imgsync.Core.Reporting;
using Imgsync.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Imgsync.Functions;

/// <summary>How the images stand and how runs ended, for Prometheus: what <c>imgsync metrics</c> says.</summary>
public sealed class Metrics(FigureReader figures, HttpAnswers answers)
{
    internal static readonly string Version =
        typeof(Metrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    [Function(nameof(Metrics))]
    public Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "metrics")] HttpRequest request,
        CancellationToken cancellationToken) => answers.AnswerAsync(
            async stop => new Answer(
                StatusCodes.Status200OK, MetricsPage.Of(await figures.ReadAsync(stop), Version), MetricsPage.ContentType),
            cancellationToken);
}

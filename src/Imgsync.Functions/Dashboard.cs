using Imgsync.Core.Reporting;
using Imgsync.Core.Reporting.Page;
using Imgsync.Core.Runs;
using Imgsync.Functions.Http;
using Imgsync.Functions.Setup;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Imgsync.Functions;

/// <summary>How things stand, as a page for a browser: what <c>imgsync report --html</c> writes.</summary>
public sealed class Dashboard(FigureReader figures, ReportStore reports, HttpAnswers answers)
{
    [Function(nameof(Dashboard))]
    public Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "dashboard")] HttpRequest request,
        CancellationToken cancellationToken) => answers.AnswerAsync(
            async stop => new Answer(
                StatusCodes.Status200OK,
                StatusPage.Of(await figures.ReadAsync(stop), await reports.FindLastAsync(stop), AppSetup.Version),
                StatusPage.ContentType)
            {
                Policy = PageAssets.HeaderPolicy,
            },
            cancellationToken);
}

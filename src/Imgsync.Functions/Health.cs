using Imgsync.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Imgsync.Functions;

/// <summary>Whether the app can do its work as it is set up, for a monitor without a key. What is wrong, the status route tells
/// whoever has one.</summary>
public sealed class Health(AppSetup setup)
{
    [Function(nameof(Health))]
    public IActionResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request)
    {
        var faults = setup.Faults.Count + setup.Complaints.Count;
        return faults == 0
            ? new Answer(StatusCodes.Status200OK, new { status = "healthy" })
            : Answer.Problem(
                StatusCodes.Status503ServiceUnavailable,
                setup.IsUsable ? "The app runs, and not as it should" : "The app's settings cannot be used",
                $"Faults in its settings: {faults}. GET /api/status, with a key, names each.");
    }
}

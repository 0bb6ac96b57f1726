using Imgsync.Core;
using Imgsync.Core.Reporting;
using Imgsync.Functions.Http;
using Imgsync.Functions.Setup;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Imgsync.Functions;

/// <summary>Whether the app can do its work as it is set up, and does it, for a monitor without a key: a word for why not, and no more.
/// What is wrong, the routes with a key tell.</summary>
public sealed class Health(AppSetup setup, HealthCheck check)
{
    [Function(nameof(Health))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request, CancellationToken cancellationToken)
    {
        var faults = setup.Faults.Count + setup.Complaints.Count;
        return await check.FindCauseAsync(cancellationToken) switch
        {
            null => new Answer(StatusCodes.Status200OK, new { status = "healthy" }),
            var cause => Answer.Problem(
                StatusCodes.Status503ServiceUnavailable,
                setup.IsUsable ? "The app runs, and not as it should" : "The app's settings cannot be used",
                faults == 0
                    ? "GET /api/status and GET /api/metrics, with a key, say more."
                    : $"Faults in its settings: {faults}. GET /api/status, with a key, names each.",
                cause: cause),
        };
    }
}

/// <summary>What keeps the app from being healthy. It is kept for a moment: anybody may ask, and the reports may be long.</summary>
public sealed partial class HealthCheck(AppSetup setup, FigureReader figures, TimeProvider time, ILogger<HealthCheck> logger) : IDisposable
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(15);

    /// <summary>Storage clients try again for longer than a monitor waits.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly DateTimeOffset _since = time.GetUtcNow();
    private readonly SemaphoreSlim _turn = new(1);
    private (string? Cause, DateTimeOffset Until) _kept = (null, DateTimeOffset.MinValue);

    /// <returns>One of <see cref="HealthCause"/>; null for none.</returns>
    public async Task<string?> FindCauseAsync(CancellationToken cancellationToken)
    {
        if (OfSettings() is { } cause)
            return cause;

        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (time.GetUtcNow() >= _kept.Until)
                _kept = (await OfReportsAsync(cancellationToken), time.GetUtcNow() + KeptFor);
            return _kept.Cause;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private string? OfSettings() =>
        setup.HasNoCloud ? HealthCause.NoCloud
        : !setup.IsUsable ? HealthCause.Settings
        : string.IsNullOrWhiteSpace(setup.Schedule) ? HealthCause.ScheduleMissing
        : AppSchedule.Complaint(setup.Schedule) is not null ? HealthCause.ScheduleWrong
        : setup.Complaints is not [] ? HealthCause.Settings
        : null;

    private async Task<string?> OfReportsAsync(CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        try
        {
            var read = await figures.ReadAsync(either.Token).WaitAsync(either.Token);
            return HealthCause.Of(read, after => AppSchedule.FindNext(setup.Schedule!, after), _since);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogUnreadable(failure, failure is ImgsyncException ? failure.Message : failure.GetType().Name);
            return HealthCause.Storage;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The app's health cannot be told, because its reports cannot be read: {Why}")]
    private partial void LogUnreadable(Exception failure, string why);
}

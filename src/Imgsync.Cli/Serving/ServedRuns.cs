using System.Globalization;
using Imgsync.Cli.Display.Answers;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;

namespace Imgsync.Cli.Serving;

/// <summary>Runs one after the other as a schedule says, for as long as the process is not stopped. A run that fails, or cannot begin, is
/// told and keeps no later one from starting.</summary>
/// <param name="settings">Reads the settings anew, so that a changed file counts from the next run on.</param>
/// <param name="run">One run, from settings to answer.</param>
/// <param name="events">Told what <paramref name="run"/> does not tell; null where nobody wants lines.</param>
internal sealed class ServedRuns(
    Func<ServeOptions> settings, Func<CancellationToken, Task<SyncReport>> run, ServeHealth health, Terminal terminal, TimeProvider time,
    RunEvents? events = null)
{
    /// <exception cref="OperationCanceledException">A run was under way when the process was asked to stop.</exception>
    public async Task KeepAsync(ServeOptions first, CancellationToken cancellationToken)
    {
        var schedule = Schedule.Of(first, time.GetUtcNow());
        health.Keeps(schedule);
        if (first.OnceAtStart)
            await RunAsync(cancellationToken);
        for (var next = schedule.FindNext(time.GetUtcNow()); next is { } start; next = Following(start, schedule))
        {
            if (!await WaitAsync(start + schedule.Chance(Random.Shared), cancellationToken))
                return;

            await RunAsync(cancellationToken);
            schedule = Reread(schedule);
        }
    }

    /// <returns>False when the process is to stop.</returns>
    private async Task<bool> WaitAsync(DateTimeOffset start, CancellationToken cancellationToken)
    {
        health.Waits(start);
        events?.Wait(start);
        terminal.Tell(string.Create(CultureInfo.InvariantCulture, $"The next run starts at {start.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"));
        try
        {
            // In steps: a machine that sleeps, or whose clock is set, is not waited past its schedule.
            while (start - time.GetUtcNow() is var left && left > TimeSpan.Zero)
                await Task.Delay(left < TimeSpan.FromMinutes(1) ? left : TimeSpan.FromMinutes(1), time, cancellationToken);
            return !cancellationToken.IsCancellationRequested;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        health.Starts();
        try
        {
            health.Ended(await run(cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (ImgsyncException failure) when (!cancellationToken.IsCancellationRequested)
        {
            var faults = failure is ConfigurationException unusable ? unusable.Faults : [failure.Message];
            foreach (var fault in faults)
                terminal.Complain(fault, failure);
            events?.Fail(FailureKind.Of(failure), faults);
            health.Failed(failure);
        }
    }

    /// <summary>The schedule of the settings as they are now; the one before where it cannot be used. Where nothing of the settings can,
    /// the next run tells.</summary>
    private Schedule Reread(Schedule before)
    {
        ServeOptions options;
        try
        {
            options = settings();
        }
        catch (ConfigurationException)
        {
            return before;
        }

        try
        {
            var schedule = Schedule.Of(options, time.GetUtcNow());
            health.Keeps(schedule);
            return schedule;
        }
        catch (ConfigurationException wrong)
        {
            terminal.Complain(wrong.Message);
            health.Keeps(before, isWrong: true);
            return before;
        }
    }

    /// <summary>The next start that is still to come. A run that took longer than the pause makes up for nothing.</summary>
    private DateTimeOffset? Following(DateTimeOffset start, Schedule schedule)
    {
        var now = time.GetUtcNow();
        if (schedule.FindNext(start) is { } missed && missed < now)
            terminal.Tell(string.Create(
                CultureInfo.InvariantCulture,
                $"The run was still under way at {missed.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, so none was started then"));
        return schedule.FindNext(now > start ? now : start);
    }
}

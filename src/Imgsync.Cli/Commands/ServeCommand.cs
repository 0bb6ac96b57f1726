using System.CommandLine;
using System.Diagnostics;
using Imgsync.Cli.Display.Answers;
using Imgsync.Cli.Display.Live;
using Imgsync.Cli.Serving;
using Imgsync.Core;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Configuration.Sources;
using Imgsync.Core.Reporting;
using Imgsync.Core.Runs;
using Imgsync.Core.Sync;
using Imgsync.Core.Telemetry;

namespace Imgsync.Cli.Commands;

/// <summary><c>imgsync serve</c>: <c>imgsync sync</c> again and again, in one process, where there is neither cron nor systemd.</summary>
internal sealed class ServeCommand(SharedOptions shared, Terminal terminal)
{
    private static readonly ActivitySource Source = new(TelemetryNames.Source);

    private readonly Argument<string[]> _keys =
        KeysArgument.Create(shared, "Distributions to keep up to date; default: those of the configuration.");

    private readonly Option<string?> _schedule = new("--schedule")
    {
        Description = "When runs start, a cron expression in UTC; default: every six hours.",
        HelpName = "CRON",
    };

    private readonly Option<string?> _jitter = new("--jitter")
    {
        Description = "Up to how much later than that, by chance; default: 5 min.",
        HelpName = "DURATION",
    };

    private readonly Option<string?> _health = new("--health")
    {
        Description = "Where to answer GET /livez and /healthz; default: 127.0.0.1:8086; empty for nowhere.",
        HelpName = "ADDRESS:PORT",
    };

    private readonly Option<bool> _onceAtStart = new("--once-at-start") { Description = "Start a run at once, too." };

    public static Command Create(SharedOptions shared, Terminal terminal) => new ServeCommand(shared, terminal).Create();

    private Command Create()
    {
        var command = new Command("serve", "Stays, and brings the newest official images into Glance on a schedule.")
        {
            _keys,
            shared.Filter,
            shared.Cloud,
            _schedule,
            _jitter,
            _health,
            _onceAtStart,
            shared.Json,
            shared.JsonLines,
        };
        command.SetAction(ServeAsync);
        return command;
    }

    private async Task<int> ServeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var request = new RunRequest { Distributions = parsed.GetValue(_keys) ?? [], Clouds = parsed.GetValue(shared.Cloud) ?? [] };
        var events = parsed.GetValue(shared.JsonLines) ? new RunEvents(terminal, TimeProvider.System) : null;
        var state = new ServeHealth(TimeProvider.System, isPartial: !request.IsComplete);
        var first = await FirstAsync();
        await using var endpoint = first.Health is { Length: > 0 } address ? HealthEndpoint.Open(address, state) : null;
        if (endpoint is not null)
            terminal.Tell($"How things stand is answered at http://{endpoint.Address}/healthz");

        var runs = new ServedRuns(
            () => OptionsLoader.Load(Sources(parsed), CatalogLoader.Check).Options.Serve, RunAsync, state, terminal, TimeProvider.System,
            events);
        await runs.KeepAsync(first, cancellationToken);
        return ExitCode.Good;

        // What no run could ever work with is told now, and ends the command.
        async Task<ServeOptions> FirstAsync()
        {
            await using var session = Session.Open(Sources(parsed), terminal);
            session.Get<RunPlanner>().Plan(request with { Only = shared.Only(parsed, session) });
            var serve = session.Get<ImgsyncOptions>().Serve;
            Schedule.Of(serve, TimeProvider.System.GetUtcNow());
            await LearnAsync(session);
            return serve;
        }

        async Task<SyncReport> RunAsync(CancellationToken stopping)
        {
            using var span = Source.StartActivity("imgsync serve"); // each run is a trace of its own
            await using var session = await Session.OpenAsync(Sources(parsed), isTold: true, terminal, stopping);
            var report = await SyncAsync(
                session, request with { Only = shared.Only(parsed, session) }, parsed.GetValue(shared.Json), events, stopping);
            await LearnAsync(session);
            return report;
        }

        // Where the reports cannot be read, neither can the run be that comes next, which says it.
        async Task LearnAsync(Session session)
        {
            try
            {
                state.Knows(await session.Get<FigureReader>().ReadAsync(cancellationToken));
            }
            catch (Exception failure) when (failure is ImgsyncException or IOException or UnauthorizedAccessException)
            {
                terminal.Warn(failure.Message);
            }
        }
    }

    private async Task<SyncReport> SyncAsync(
        Session session, RunRequest request, bool asJson, RunEvents? events, CancellationToken stopping)
    {
        var sync = session.Get<SyncRun>();
        if (events is not null)
        {
            var told = await sync.RunAsync(request, events, stopping);
            events.End(told);
            return told;
        }

        var report = await ProgressDisplay.ShowAsync(
            terminal, session.Get<RunPlanner>().Wanted(request), progress => sync.RunAsync(request, progress, stopping));
        if (asJson)
            JsonAnswer.ShowLine(terminal, report); // one of many in a stream
        else
            RunAnswer.Show(report, json: false, terminal);
        return report;
    }

    /// <summary>A word of the command line is the setting of its name.</summary>
    private ConfigurationSources Sources(ParseResult parsed)
    {
        var sources = shared.Sources(parsed);
        var said = new Dictionary<string, string?>(sources.CommandLine, StringComparer.OrdinalIgnoreCase);
        foreach (var (option, key) in new[] { (_schedule, "schedule"), (_jitter, "jitter"), (_health, "health") })
        {
            if (parsed.GetValue(option) is { } value)
                said["serve:" + key] = value;
        }

        if (parsed.GetValue(_onceAtStart))
            said["serve:onceAtStart"] = "true";
        return sources with { CommandLine = said };
    }
}

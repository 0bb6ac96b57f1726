using System.Globalization;
using CliWrap;
using CliWrap.Buffered;

namespace Imgsync.Cloud.Tests.Survival;

/// <summary>The built program as a process of its own, to be killed, paused and woken by signals.</summary>
internal sealed class ImgsyncProcess
{
    /// <summary>What a process may take at most on a slow and busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly CommandTask<BufferedCommandResult> _running;

    private ImgsyncProcess(CommandTask<BufferedCommandResult> running) => _running = running;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts <c>imgsync sync</c> and comes back at once.</summary>
    public static ImgsyncProcess Sync(string configuration, params string[] distributions) => new(ChildProcess
        .Command("dotnet", [Path.Combine(AppContext.BaseDirectory, "imgsync.dll"), "sync", .. distributions, "--config", configuration])
        .WithWorkingDirectory(Path.GetDirectoryName(configuration)!)
        .WithEnvironmentVariables(variables => variables.Set("HOME", Path.GetDirectoryName(configuration)).Set("OS_AUTH_URL", null))
        .WithValidation(CommandResultValidation.None)
        .ExecuteBufferedAsync(Cancel));

    /// <summary>Waits until the process has come to where a gate holds it.</summary>
    public async Task ReachAsync(GatedRequest gated)
    {
        if (await Task.WhenAny(gated.Reached, _running.Task).WaitAsync(Patience, Cancel) == gated.Reached)
            return;

        var ended = await _running;
        Assert.Fail($"The program ended with {ended.ExitCode} before it came there: {ended.StandardOutput}{ended.StandardError}");
    }

    /// <summary>SIGKILL: nothing of the process runs any more, not a finally and not a handler.</summary>
    public async Task KillAsync()
    {
        await SignalAsync("KILL");
        await _running.Task.WaitAsync(Patience, Cancel);
    }

    /// <param name="name">Without SIG: <c>STOP</c>, <c>CONT</c>, <c>KILL</c>.</param>
    public Task SignalAsync(string name) => CliWrap.Cli.Wrap("kill")
        .WithArguments([$"-{name}", _running.ProcessId.ToString(CultureInfo.InvariantCulture)])
        .ExecuteAsync(Cancel);

    public Task<BufferedCommandResult> EndAsync() => _running.Task.WaitAsync(Patience, Cancel);
}

using Imgsync.Core.Configuration;
using Imgsync.Core.Notify;

namespace Imgsync.Core.Checking;

/// <summary>Whether those who are to be told of runs can be reached.</summary>
public sealed class ReceiverCheck(Notifier notifier, ImgsyncOptions options)
{
    private const string Area = "notify";

    /// <summary>Asks whether each is there, and sends no message.</summary>
    public Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellationToken) => EachAsync("reach", async place =>
    {
        await notifier.ReachAsync(place, cancellationToken);
        return "it answers; imgsync notify test sends it a message";
    });

    /// <summary>Sends each a message that says that nothing has happened.</summary>
    /// <exception cref="ConfigurationException">There is nobody to send one to.</exception>
    public async Task<CheckReport> SendSamplesAsync(CancellationToken cancellationToken) => options.Notify is []
        ? throw new ConfigurationException("Nobody is told of runs: the settings have no notify, or an empty one.")
        : new CheckReport(await EachAsync("send", async place =>
        {
            await notifier.SendSampleAsync(place, cancellationToken);
            return "it took the message";
        }));

    private async Task<IReadOnlyList<CheckResult>> EachAsync(string step, Func<int, Task<string>> takeAsync)
    {
        var checks = options.Notify.Select(async (_, place) =>
        {
            var steps = new Checklist(Area, notifier.Name(place));
            await steps.TryAsync(step, () => takeAsync(place));
            return steps.Results;
        });
        return [.. (await Task.WhenAll(checks)).SelectMany(results => results)];
    }
}

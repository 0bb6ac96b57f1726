using System.Text;
using Imgsync.Core.Configuration;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Checking;

/// <summary>Takes every step of a run that can go wrong for reasons of set-up, without moving an image: each cloud, each
/// publisher that the configured distributions need, staging, and who is told of runs.</summary>
public sealed class SetupCheck(
    RunPlanner planner, CloudDirectory directory, CloudCheck clouds, UpstreamCheck upstream, ReceiverCheck receivers,
    IDocumentStore documents, ImgsyncOptions options, TimeProvider time)
{
    /// <param name="only">The clouds to look at; empty for all.</param>
    /// <exception cref="ConfigurationException">The settings leave nothing to check, or name what does not exist.</exception>
    public async Task<CheckReport> RunAsync(IReadOnlyList<string> only, CancellationToken cancellationToken)
    {
        var plan = planner.Plan(new RunRequest { Clouds = only });
        string[] names = [.. plan.SelectMany(planned => planned.Clouds).Distinct(StringComparer.Ordinal)];
        directory.WarnOfInsecureClouds(names);
        using var slots = new SemaphoreSlim(options.MaxParallel);
        var checks = names.Select(cloud => clouds.RunAsync(cloud, plan, cancellationToken))
            .Concat(plan.Select(planned => TakeTurnAsync(slots, planned.Distribution, cancellationToken)))
            .Append(CheckStagingAsync(cancellationToken))
            .Append(receivers.RunAsync(cancellationToken));

        // In the order asked for, whoever is done first.
        return new CheckReport([.. (await Task.WhenAll(checks)).SelectMany(results => results)]);
    }

    private async Task<IReadOnlyList<CheckResult>> TakeTurnAsync(
        SemaphoreSlim slots, string distribution, CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken);
        try
        {
            return await upstream.RunAsync(distribution, cancellationToken);
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task<IReadOnlyList<CheckResult>> CheckStagingAsync(CancellationToken cancellationToken)
    {
        var steps = new Checklist(
            "staging", options.Staging.BlobEndpoint is null && options.Staging.ConnectionString is null ? "folder" : "blobs");
        await steps.TryAsync("write", async () =>
        {
            await documents.SaveAsync("check", Encoding.ASCII.GetBytes($"{time.GetUtcNow():O}"), cancellationToken);
            return "it can be written to";
        });
        return steps.Results;
    }
}

using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Core.Sync;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Checking;

/// <summary>Whether one cloud lets us do what a run will do in it, tried on an image of one byte.</summary>
public sealed class CloudCheck(CloudDirectory clouds, ImgsyncOptions options, ILogger<TrialImage> logger)
{
    public async Task<IReadOnlyList<CheckResult>> RunAsync(string cloud, RunPlan plan, CancellationToken cancellationToken)
    {
        var connection = clouds.Connect(cloud);
        var steps = new Checklist("cloud", cloud);
        if (await steps.TryAsync("sign in", () => SignInAsync(connection, clouds.Options(cloud), cancellationToken))
            && await steps.TryAsync("find Glance", async () => (await connection.Keystone.FindImageEndpointAsync(cancellationToken)).AbsoluteUri))
        {
            var prefix = clouds.Options(cloud).Publish.Prefix ?? options.Publish.Prefix;
            await using var trial = new TrialImage(connection.Glance, prefix, logger);
            await TryPermissionsAsync(steps, trial, Visibilities(cloud, plan), cancellationToken);
        }

        return steps.Results;
    }

    private static async Task<string> SignInAsync(CloudConnection cloud, CloudOptions settings, CancellationToken cancellationToken)
    {
        var token = await cloud.Keystone.GetTokenAsync(cancellationToken);
        return $"{KeystoneRequest.Describe(settings.Auth)}; roles: {string.Join(", ", token.Roles.Order(StringComparer.Ordinal))}";
    }

    private static async Task TryPermissionsAsync(
        Checklist steps, TrialImage trial, IEnumerable<ImageVisibility> visibilities, CancellationToken cancellationToken)
    {
        if (!await steps.TryAsync("create", () => trial.CreateAsync(cancellationToken)))
            return;

        await steps.TryAsync("upload", () => trial.UploadAsync(cancellationToken));
        foreach (var visibility in visibilities)
            await steps.TryAsync($"make {visibility.InGlance()}", () => trial.RehearseAsync(visibility, cancellationToken));
        await steps.TryAsync("delete", () => trial.DeleteAsync(cancellationToken));
    }

    /// <summary>Those that this cloud's images will have; private is what they are to begin with.</summary>
    private IEnumerable<ImageVisibility> Visibilities(string cloud, RunPlan plan) => plan.Distributions
        .Where(planned => planned.Clouds.Contains(cloud, StringComparer.Ordinal))
        .Select(planned => EffectivePublish.For(options, clouds.Options(cloud), planned.Distribution).Visibility)
        .Where(visibility => visibility != ImageVisibility.Private)
        .Distinct();
}

using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Sync;

/// <summary>Turns what somebody asks for into what a run will do, or says everything that is wrong with it.</summary>
public sealed class RunPlanner(DistributionCatalog catalog, ImgsyncOptions options)
{
    /// <exception cref="ConfigurationException">Something asked for does not exist, or there is nothing to do.</exception>
    public RunPlan Plan(string run, RunRequest request)
    {
        var faults = new List<string>();
        var keys = request.Distributions is [] ? options.Distributions : request.Distributions;
        if (keys is [])
            faults.Add("No distribution is chosen: name some, or set distributions in the configuration.");

        var clouds = request.Clouds is [] ? [.. options.Clouds.Select(cloud => cloud.Name)] : request.Clouds;
        if (clouds is [] && !request.DownloadOnly)
            faults.Add("No cloud is configured: set OS_AUTH_URL and the other OS_* variables, or clouds in the configuration.");
        foreach (var unknown in clouds.Except(options.Clouds.Select(cloud => cloud.Name), StringComparer.Ordinal))
            faults.Add($"Cloud {unknown} is not configured{NearestName.Hint(unknown, options.Clouds.Select(cloud => cloud.Name))}.");

        foreach (var unknown in keys.Where(key => !catalog.TryGet(key, out _)))
            faults.Add($"Distribution {unknown} is not in the catalogue{NearestName.Hint(unknown, catalog.All.Select(spec => spec.Key))}.");

        return faults is []
            ? new RunPlan(run, request, [.. keys.Distinct(StringComparer.Ordinal).Select(key => new PlannedDistribution(key, clouds))])
            : throw new ConfigurationException(faults);
    }
}

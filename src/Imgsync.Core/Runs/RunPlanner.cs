using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Runs;

/// <summary>Turns what somebody asks for into what a run will do, or says everything that is wrong with it. A cloud with a list of its
/// own gets what is on it. Whoever names both a distribution and a cloud gets it there all the same. A distribution that the settings
/// name and the catalogue has not is planned like any other, and fails by itself: one wrong word stops no other image.</summary>
public sealed class RunPlanner(DistributionCatalog catalog, ImgsyncOptions options)
{
    /// <exception cref="ConfigurationException">Something asked for does not exist, or there is nothing to do.</exception>
    public IReadOnlyList<PlannedDistribution> Plan(RunRequest request)
    {
        var faults = new List<string>();
        var clouds = ChooseClouds(request, faults);
        var keys = ChooseDistributions(request, clouds, faults);
        IReadOnlyList<PlannedDistribution> planned =
            [.. keys.Select(
                key => new PlannedDistribution(
                    key,
                    [.. clouds.Where(cloud => Takes(cloud, key, request)).Select(cloud => cloud.Name)],
                    catalog.TryGet(key, out var spec) ? spec.Publisher.Name : null))];

        if (clouds is not [] && !request.DownloadOnly)
        {
            faults.AddRange(planned
                .Where(distribution => distribution.Clouds is [])
                .Select(
                    distribution =>
                        $"No cloud keeps {distribution.Distribution} current: name the cloud that is to get it all the same, or add it to "
                            + "the distributions of one."));
        }

        return faults is [] ? planned : throw new ConfigurationException(faults);
    }

    /// <summary>What a request will work on, to be shown; nothing where it cannot be met, which the run itself says.</summary>
    public IReadOnlyList<PlannedDistribution> Wanted(RunRequest request)
    {
        try
        {
            return Plan(request);
        }
        catch (ConfigurationException)
        {
            return [];
        }
    }

    /// <summary>What the settings want to be kept current; null where they name nothing, and all that runs have met counts.</summary>
    public IReadOnlyList<PlannedDistribution>? Wanted()
    {
        try
        {
            return Plan(new RunRequest());
        }
        catch (ConfigurationException)
        {
            return null;
        }
    }

    private List<CloudOptions> ChooseClouds(RunRequest request, List<string> faults)
    {
        if (options.Clouds is [] && request.Clouds is [] && !request.DownloadOnly)
            faults.Add("No cloud is configured: set OS_AUTH_URL and the other OS_* variables, or clouds in the configuration.");

        var known = options.Clouds.Select(cloud => cloud.Name).ToList();
        foreach (var unknown in request.Clouds.Except(known, StringComparer.Ordinal))
            faults.Add($"Cloud {unknown} is not configured{NearestName.Hint(unknown, known)}.");
        return [.. options.Clouds.Where(cloud => request.Clouds is [] || request.Clouds.Contains(cloud.Name, StringComparer.Ordinal))];
    }

    private List<string> ChooseDistributions(RunRequest request, List<CloudOptions> clouds, List<string> faults)
    {
        var wanted = request.Distributions is not [] ? catalog.Choose(request.Distributions)
            : request.DownloadOnly || clouds is [] ? options.AllDistributions()
            : options.AllDistributions().Where(key => clouds.Exists(cloud => Takes(cloud, key, request)));
        List<string> keys = [.. wanted.Distinct(StringComparer.Ordinal)];
        if (keys is [])
            faults.Add("No distribution is chosen: name some, or set distributions in the configuration.");

        var unknown = request.Distributions is [] ? [] : keys.Where(key => !catalog.TryGet(key, out _)).ToList();
        faults.AddRange(
            unknown.Select(
                key => $"Distribution {key} is not in the catalogue{catalog.Hint(key)}."));
        keys = [.. keys.Except(unknown, StringComparer.Ordinal)];
        if (request.Only is not { } only || keys is [])
            return keys;

        keys = [.. keys.Where(key => only.Contains(key, StringComparer.Ordinal))];
        if (keys is [])
            faults.Add("None of the distributions that are chosen passes the filter: choose others, or leave a filter out.");
        return keys;
    }

    private bool Takes(CloudOptions cloud, string key, RunRequest request) => (request.Distributions, request.Clouds) switch
    {
        ([], _) => options.DistributionsOf(cloud).Contains(key, StringComparer.Ordinal),
        (_, []) => cloud.Distributions?.Contains(key, StringComparer.Ordinal) ?? true,
        _ => true,
    };
}

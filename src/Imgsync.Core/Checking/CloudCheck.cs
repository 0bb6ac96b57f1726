using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Glance.Keystone;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Checking;

/// <summary>Whether one cloud lets us do what a run will do in it, tried on an image of one byte.</summary>
public sealed class CloudCheck(CloudDirectory clouds, ImgsyncOptions options, ILogger<TrialImage> logger)
{
    public async Task<IReadOnlyList<CheckResult>> RunAsync(
        string cloud, IReadOnlyList<PlannedDistribution> plan, CancellationToken cancellationToken)
    {
        var connection = clouds.Connect(cloud);
        var steps = new Checklist("cloud", cloud);
        if (await steps.TryAsync("sign in", () => SignInAsync(connection, clouds.Options(cloud), cancellationToken))
            && await steps.TryAsync(
                "find Glance", async () => (await connection.Keystone.FindImageEndpointAsync(cancellationToken)).AbsoluteUri))
        {
            var looks = Looks(cloud, plan);
            foreach (var project in Members(looks))
                await steps.TryAsync($"find {project}", () => FindAsync(connection.Projects, project, cancellationToken));
            if (looks.Any(WantsImports))
                await steps.TryAsync("import", () => ImportsAsync(connection.Glance.Imports, looks, cancellationToken));

            await using var trial = new TrialImage(connection.Glance, AllAtOnce(looks), logger);

            // Private is what images are to begin with.
            var visibilities = looks.Select(publish => publish.Visibility)
                .Concat(options.Prune is { Enabled: true, CommunityAfter: not null } ? [ImageVisibility.Community] : [])
                .Where(visibility => visibility != ImageVisibility.Private)
                .Distinct();
            await TryPermissionsAsync(steps, trial, visibilities, cancellationToken);
        }

        return steps.Results;
    }

    private static async Task<string> SignInAsync(CloudConnection cloud, CloudOptions settings, CancellationToken cancellationToken)
    {
        var token = await cloud.Keystone.GetTokenAsync(cancellationToken);
        return $"{KeystoneRequest.Describe(settings.Auth)}; roles: {string.Join(", ", token.Roles.Order(StringComparer.Ordinal))}";
    }

    /// <summary>Whom images are to be shared with by name.</summary>
    private static IEnumerable<ProjectName> Members(IEnumerable<PublishOptions> looks) => looks
        .Where(publish => publish.Visibility is ImageVisibility.Shared)
        .SelectMany(publish => publish.Members)
        .Select(ProjectName.In)
        .OfType<ProjectName>()
        .Distinct();

    private static async Task<string> FindAsync(KeystoneProjects projects, ProjectName project, CancellationToken cancellationToken)
    {
        var domain = await projects.FindDomainAsync(project.Domain, cancellationToken);
        return $"project {await projects.FindAsync(project, domain, cancellationToken)}";
    }

    private static bool WantsImports(PublishOptions publish) =>
        publish.Conversion is ImageConversion.Glance || publish.Upload is UploadMethod.GlanceDirect or UploadMethod.WebDownload;

    /// <summary>What is not offered gives way to what is, so that its lack is news and no failure.</summary>
    private static async Task<string> ImportsAsync(
        GlanceImports imports, IReadOnlyList<PublishOptions> looks, CancellationToken cancellationToken)
    {
        var offered = (await imports.MethodsAsync(cancellationToken))
            .Intersect([GlanceImports.Direct, GlanceImports.Download], StringComparer.Ordinal).ToList();
        var missing = looks.Select(publish => publish.Upload switch
        {
            UploadMethod.GlanceDirect => GlanceImports.Direct,
            UploadMethod.WebDownload => GlanceImports.Download,
            _ => null,
        }).OfType<string>().Except(offered, StringComparer.Ordinal).ToList();
        var converts = looks.Any(publish => publish.Conversion is ImageConversion.Glance);
        return (offered is [] ? "this cloud offers neither glance-direct nor web-download" : $"offers {string.Join(" and ", offered)}")
            + (missing is [] ? "" : $"; where publish.upload is {string.Join(" or ", missing)}, images go another way")
            + (converts && offered is [] ? "; what Glance should convert, imgsync does" : "");
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

    /// <summary>How this cloud's images will look, distribution by distribution.</summary>
    private List<PublishOptions> Looks(string cloud, IReadOnlyList<PlannedDistribution> plan) =>
    [
        .. plan
            .Where(planned => planned.Clouds.Contains(cloud, StringComparer.Ordinal))
            .Select(planned => options.PublishFor(clouds.Options(cloud), planned.Distribution)),
    ];

    private static PublishOptions AllAtOnce(List<PublishOptions> looks) => looks[0] with
    {
        Properties = looks.SelectMany(publish => publish.Properties)
            .DistinctBy(property => property.Key, StringComparer.Ordinal)
            .ToDictionary(StringComparer.Ordinal),
    };
}

using System.Reflection;
using Imgsync.Core;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Configuration.Sources;
using Imgsync.Core.Sync;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Imgsync.Functions.Setup;

/// <summary>What the app's own settings are good for. An app that they cannot set up starts all the same: it syncs nothing and says what
/// is wrong, at every route and at every tick of its timer. A worker that ended instead would be started again for ever.</summary>
/// <param name="Configuration">Where they cannot be used, only what it takes to tell receivers so.</param>
/// <param name="Faults">Why nothing can be synced; empty when something can.</param>
/// <param name="Complaints">What is wrong besides, and keeps no run by hand from doing its work.</param>
public sealed record AppSetup(ImgsyncConfiguration Configuration, IReadOnlyList<string> Faults, IReadOnlyList<string> Complaints)
{
    /// <summary>The app setting that the platform reads for the timer, too.</summary>
    public const string ScheduleSetting = "IMGSYNC_SCHEDULE";

    /// <summary>The app's, with the commit behind a <c>+</c>.</summary>
    internal static string Version { get; } =
        typeof(AppSetup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private const string NoCloud = "No cloud is configured; set IMGSYNC__CLOUDS__0__NAME and what belongs to it, or the variables OS_*.";

    public bool IsUsable => Faults is [];

    /// <summary>The settings are good but for the clouds that they do not name.</summary>
    public bool HasNoCloud => Faults is [NoCloud];

    /// <summary>When runs start, as the platform reads it; null and whatever else is no schedule among <see cref="Complaints"/>.</summary>
    public string? Schedule { get; init; }

    /// <summary>Registers Core with the app's settings, or without any where they cannot be used. What would end the worker later is
    /// set aside in <paramref name="appSettings"/> themselves.</summary>
    public static AppSetup Add(IServiceCollection services, IConfiguration appSettings)
    {
        var setup = Read(appSettings);
        services.AddImgsync(setup.Configuration.Options, StagingFolder).AddSingleton(setup).AddSingleton(setup.Configuration);
        return setup;
    }

    /// <exception cref="ConfigurationException">The app's settings cannot be used.</exception>
    public void ThrowIfUnusable()
    {
        if (!IsUsable)
            throw new ConfigurationException(Faults);
    }

    private static string StagingFolder => Path.Combine(Path.GetTempPath(), "imgsync");

    private static AppSetup Read(IConfiguration appSettings)
    {
        var schedule = appSettings[ScheduleSetting];
        string?[] asked =
            [AppSchedule.Complaint(schedule), Telemetry.Complaint(appSettings), LogLevels.SetAside(appSettings)];
        IReadOnlyList<string> complaints = [.. asked.OfType<string>()];
        try
        {
            var configuration = OptionsLoader.Load(new ConfigurationSources { AppSettings = appSettings }, Check);
            TryOut(configuration.Options);
            return new AppSetup(configuration, configuration.Options.Clouds is [] ? [NoCloud] : [], complaints)
            {
                Schedule = schedule,
            };
        }
        catch (ConfigurationException unusable)
        {
            return new AppSetup(new ImgsyncConfiguration(ForMessages(appSettings), [], []), unusable.Faults, complaints)
            {
                Schedule = schedule,
            };
        }
    }

    /// <summary>What can be used all the same: receivers that are told so, and where that is kept.</summary>
    private static ImgsyncOptions ForMessages(IConfiguration appSettings) =>
        OptionsLoader.ForMessages(new ConfigurationSources { AppSettings = appSettings }) is { } options && FaultsOf(options) is []
            ? options
            : new ImgsyncOptions();

    /// <summary>What is wrong with each part by itself, so that it is told together with all that is wrong with other settings.</summary>
    private static IEnumerable<string> Check(ImgsyncOptions options, Func<string, string> label) =>
    [
        .. CatalogLoader.Check(options with { Distributions = [], Clouds = [] }, label),
        .. FaultsOf(new ImgsyncOptions { Staging = options.Staging }),
        .. FaultsOf(new ImgsyncOptions { Upstream = new UpstreamOptions { CaFile = options.Upstream.CaFile } }),
    ];

    private static IReadOnlyList<string> FaultsOf(ImgsyncOptions options)
    {
        try
        {
            TryOut(options);
            return [];
        }
        catch (ConfigurationException unusable)
        {
            return unusable.Faults;
        }
    }

    /// <summary>Makes everything once that a run needs, without asking anybody anything: what cannot be made fails here, with its
    /// sentence, and not in each function.</summary>
    private static void TryOut(ImgsyncOptions options)
    {
        using var made = new ServiceCollection().AddLogging().AddImgsync(options, StagingFolder).BuildServiceProvider();
        made.GetRequiredService<RunSteps>();
    }
}

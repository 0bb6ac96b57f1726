using Imgsync.Core.Adding;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Checking;
using Imgsync.Core.Configuration;
using Imgsync.Core.Http;
using Imgsync.Core.Notify;
using Imgsync.Core.Pruning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Reporting;
using Imgsync.Core.Runs;
using Imgsync.Core.Signatures;
using Imgsync.Core.Signatures.Documents;
using Imgsync.Core.Staging;
using Imgsync.Core.Staging.Blobs;
using Imgsync.Core.Staging.Folders;
using Imgsync.Core.Sync;
using Imgsync.Core.Telemetry;
using Imgsync.Core.Transfer;
using Imgsync.Core.Upstream.Client;
using Imgsync.Core.Upstream.Indexes;
using Imgsync.Core.Upstream.Indexes.Layouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Imgsync.Core;

/// <summary>Core's wiring, the same for every host.</summary>
public static class ImgsyncServices
{
    /// <param name="stagingFolder">Where images are staged when the options name neither a folder nor a storage account.</param>
    public static IServiceCollection AddImgsync(this IServiceCollection services, ImgsyncOptions options, string stagingFolder)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Measurements>();
        var catalog = CatalogLoader.Load(options.Catalog, options.Publishers, options.Overrides, options.Upstream.CaFiles);
        options = catalog.Choose(options);
        services.AddSingleton(catalog);
        services.AddSingleton(options);
        services.AddSingleton(options.Upstream);

        AddUpstream(services);
        AddStaging(services, options, options.Staging.Folder ?? stagingFolder);
        services.AddSingleton<CloudDirectory>();
        services.AddSingleton<Lookups>();
        services.AddSingleton<ImageSignatures>();
        services.AddSingleton<ImageTransfer>();
        services.AddSingleton<ImageSync>();
        services.AddSingleton<RunPlanner>();
        services.AddSingleton<RunPruner>();
        services.AddSingleton<ReportStore>();
        services.AddSingleton<FigureReader>();
        services.AddSingleton<RunNotes>();
        services.AddSingleton<Outbox>();
        services.AddSingleton<Notifier>();
        services.AddSingleton<FailedRuns>();
        services.AddSingleton<RunSteps>();
        services.AddSingleton<SyncRun>();
        services.AddSingleton<CloudCheck>();
        services.AddSingleton<UpstreamCheck>();
        services.AddSingleton<ImageEntries>();
        services.AddSingleton<ReceiverCheck>();
        services.AddSingleton<SetupCheck>();
        return services;
    }

    private static void AddUpstream(IServiceCollection services)
    {
        services.AddSingleton<UpstreamClient>();
        services.AddSingleton<KeyCache>();
        services.AddSingleton(provider => new KeyFinder(
            provider.GetRequiredService<ImgsyncOptions>().Signatures,
            provider.GetRequiredService<KeyCache>(),
            new HttpClient(
                HttpClients.Sockets(
                    KeyServer.Patience, ExtraAuthorities.Trust(provider.GetRequiredService<UpstreamOptions>().CaFile, "upstream.caFile"))),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SignatureVerifier>();
        services.AddSingleton<PublisherSignatures>();
        services.AddSingleton<SignatureCheck>(provider => provider.GetRequiredService<PublisherSignatures>().CheckAsync);
        services.AddSingleton<IImageIndex, DebianIndex>();
        services.AddSingleton<IImageIndex, UbuntuIndex>();
        services.AddSingleton<IImageIndex, PiecesIndex>();
        services.AddSingleton<ImageResolver>();
        services.AddSingleton<ResolutionMemory>();
    }

    private static void AddStaging(IServiceCollection services, ImgsyncOptions options, string folder)
    {
        if (options.Staging.BlobEndpoint is null && options.Staging.ConnectionString is null)
            AddFolder(services, folder);
        else
            AddBlobs(services, options.Staging);
        services.AddSingleton<Installation>();
    }

    private static void AddFolder(IServiceCollection services, string folder)
    {
        services.AddSingleton<IStagingStore>(provider => new FolderStagingStore(folder, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IDocumentStore>(new FolderDocumentStore(folder));
        services.AddSingleton<IRunLock>(_ => new FolderRunLock(folder));
    }

    /// <summary>A method of its own, because Azure's libraries are large and are loaded when it is called.</summary>
    private static void AddBlobs(IServiceCollection services, StagingOptions staging)
    {
        var container = BlobAccount.Open(staging);
        services.AddSingleton<IStagingStore>(provider => new BlobStagingStore(container, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IDocumentStore>(new BlobDocumentStore(container));
        services.AddSingleton<IRunLock>(new BlobRunLock(container));
    }
}

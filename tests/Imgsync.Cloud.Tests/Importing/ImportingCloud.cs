using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Imgsync.Core;
using Imgsync.Core.Configuration;

namespace Imgsync.Cloud.Tests.Importing;

/// <summary>A Keystone and Glance to set up in other ways, for all classes here: one costs seconds to start.</summary>
public sealed class ImportingCloud : IAsyncLifetime
{
    private (string Policy, string Import) _set = ("", "");

    public DevCloud Cloud { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cloud = await DevCloud.StartPrivateAsync(CancellationToken.None);

    public async ValueTask DisposeAsync() => await Cloud.DisposeAsync();

    /// <summary>A scenario with a Glance of these settings, and of no others.</summary>
    /// <param name="import">Of glance-image-import.conf; empty for the usual ones.</param>
    public async Task<Scenario> StartAsync(UploadMethod upload, string policy = "", string import = "")
    {
        await SetAsync(policy, import);
        var scenario = await Scenario.StartAsync(Cloud);
        scenario.Options = scenario.Options with { Publish = scenario.Options.Publish with { Upload = upload } };
        return scenario;
    }

    /// <summary>Other settings of Glance's, where it has not got them already.</summary>
    public async Task SetAsync(string policy, string import)
    {
        if (policy != _set.Policy)
            await Cloud.SetPolicyAsync(policy, CancellationToken.None);
        if (import != _set.Import)
            await Cloud.SetImportAsync(import, CancellationToken.None);
        _set = (policy, import);
    }

    /// <summary>Changes the last byte of the one staged Debian image.</summary>
    public static async Task DamageAsync(BlobContainerClient container, CancellationToken cancellationToken)
    {
        var staged = await container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, "debian12/", cancellationToken)
            .SingleAsync(cancellationToken);
        var blob = container.GetBlobClient(staged.Name);
        var bytes = (await blob.DownloadContentAsync(cancellationToken)).Value.Content.ToArray();
        bytes[^1] ^= 0xff;
        await blob.UploadAsync(new BinaryData(bytes), new BlobUploadOptions { Metadata = staged.Metadata }, cancellationToken);
    }

    /// <summary>Lets a scenario stage images in blobs.</summary>
    /// <param name="gated">With what is returned between the blobs and all who want them.</param>
    public static RequestGate? UseBlobs(Scenario scenario, Azurite azurite, bool gated = false)
    {
        var direct = new BlobContainerClient(azurite.ConnectionString, Azurite.UniqueContainer());
        var authority = direct.Uri.GetLeftPart(UriPartial.Authority);
        var gate = gated ? new RequestGate(new Uri(authority)) : null;
        var connection = gate is null
            ? azurite.ConnectionString
            : azurite.ConnectionString.Replace(authority, gate.Url.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        scenario.Options = scenario.Options with
        {
            Staging = new StagingOptions { ConnectionString = new Secret(connection), Container = direct.Name },
        };
        return gate;
    }
}

[CollectionDefinition(nameof(ImportingCloud))]
public sealed class OneImportingCloud : ICollectionFixture<ImportingCloud>;

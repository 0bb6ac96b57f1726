using Imgsync.Core.Catalog;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Transfer;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Indexes;

namespace Imgsync.Core.Sync;

/// <summary>What a run asks publishers and clouds, each question once however many images need the answer. Made anew for
/// every run: a host lives through many, and an answer is good for one.</summary>
/// <param name="whole">A whole run, which lists a cloud's images for all distributions at
/// once; a single image looks only for what matches it.</param>
/// <param name="ending">Ends the run, and its questions. Whoever asks may lose patience before.</param>
public sealed class RunLookups(ImageResolver resolver, ResolutionMemory memory, CloudDirectory clouds, bool whole, CancellationToken ending)
{
    /// <summary>How many publishers are asked at once ahead of the work: requests of a few bytes, unlike images.</summary>
    private const int AskedAtOnce = 16;

    private readonly SingleFlight<ResolvedImage?> _recalled = new();
    private readonly SingleFlight<ResolvedImage> _resolved = new();
    private readonly SingleFlight<ImageListing> _listed = new();
    private readonly SingleFlight<IReadOnlyList<GlanceStore>> _stores = new();
    private readonly SingleFlight<IReadOnlyList<string>> _imports = new();

    /// <summary>Whom images are shared with.</summary>
    public MemberLookups Members { get; } = new(clouds, ending);

    /// <summary>Takes over what another machine has found out in the same run.</summary>
    public void Know(string distribution, Resolution known)
    {
        _recalled.Know(distribution, known.IsVerified ? null : known.Image);
        if (known.IsVerified)
            _resolved.Know(distribution, known.Image);
    }

    /// <summary>The best that is known of a distribution by now.</summary>
    public Resolution? Known(string distribution) =>
        _resolved.Answer(distribution) is { } verified ? new Resolution(verified, IsVerified: true)
        : _recalled.Answer(distribution) is { } recalled ? new Resolution(recalled, IsVerified: false)
        : null;

    /// <summary>Asks publishers all there is to ask if nothing has changed. Whoever needs an answer
    /// that failed asks again, and then fails with it.</summary>
    public Task AskAheadAsync(IEnumerable<DistributionSpec> distributions) => Parallel.ForEachAsync(
        distributions,
        new ParallelOptions { MaxDegreeOfParallelism = AskedAtOnce },
        async (spec, _) => await ((Task)RecallAsync(spec, ending)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing));

    /// <summary>What is remembered of a distribution and confirmed by its publisher: good for finding that nothing is to be done.</summary>
    public Task<ResolvedImage?> RecallAsync(DistributionSpec spec, CancellationToken cancellationToken) =>
        _recalled.AskAsync(spec.Key, () => memory.RecallAsync(spec, ending), cancellationToken);

    /// <summary>What upstream offers, verified now.</summary>
    /// <param name="remember">Not when a run must change nothing.</param>
    public Task<ResolvedImage> ResolveAsync(DistributionSpec spec, bool remember, CancellationToken cancellationToken)
    {
        return _resolved.AskAsync(spec.Key, AskAsync, cancellationToken);

        async Task<ResolvedImage> AskAsync()
        {
            var image = await resolver.ResolveAsync(spec, ending);
            if (remember)
                await memory.KeepAsync(spec, image, ending);
            return image;
        }
    }

    /// <inheritdoc cref="ResolveAsync"/>
    internal async Task<ResolvedImage> VerifyAsync(ImageAttempt attempt, DistributionSpec spec, CancellationToken cancellationToken) =>
        attempt.Resolved(await ResolveAsync(spec, remember: !attempt.Work.DryRun, cancellationToken));

    /// <summary>Our images in a cloud that are not hidden, as they were early in the run; null when each is looked for by itself.</summary>
    public async Task<ImageListing?> ListAsync(string cloud, CancellationToken cancellationToken) =>
        whole
            ? await _listed.AskAsync(cloud, () => ImageListing.ReadAsync(clouds.Connect(cloud), hidden: false, ending), cancellationToken)
            : null;

    /// <summary>What a cloud says of its stores.</summary>
    public Task<IReadOnlyList<GlanceStore>> StoresAsync(string cloud, CancellationToken cancellationToken) =>
        _stores.AskAsync(cloud, () => clouds.Connect(cloud).Glance.Stores.DescribeAsync(ending), cancellationToken);

    /// <summary>The import methods that a cloud offers.</summary>
    public Task<IReadOnlyList<string>> ImportsAsync(string cloud, CancellationToken cancellationToken) =>
        _imports.AskAsync(cloud, () => clouds.Connect(cloud).Glance.Imports.MethodsAsync(ending), cancellationToken);

    /// <summary>That list, if somebody has needed it.</summary>
    public ImageListing? Listed(string cloud) => _listed.Answer(cloud);
}

/// <summary>Makes <see cref="RunLookups"/>.</summary>
public sealed class Lookups(ImageResolver resolver, ResolutionMemory memory, CloudDirectory clouds)
{
    public RunLookups ForOneImage(CancellationToken ending) => new(resolver, memory, clouds, whole: false, ending);

    public RunLookups ForRun(CancellationToken ending) => new(resolver, memory, clouds, whole: true, ending);
}

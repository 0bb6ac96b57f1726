using Imgsync.Core.Catalog;
using Imgsync.Core.Glance;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Sync;

/// <summary>
/// What a run asks publishers and clouds, each question once however many images need the answer. Made anew for every run: a
/// host lives through many, and an answer is good for one.
/// </summary>
/// <param name="many">Lists a cloud's images as a whole, for all distributions at once; for a single one, only what matches it.</param>
/// <param name="ending">Ends the run, and its questions. Whoever asks may lose patience before.</param>
public sealed class RunLookups(ImageResolver resolver, ResolutionMemory memory, CloudDirectory clouds, bool many, CancellationToken ending)
{
    /// <summary>How many publishers are asked at once ahead of the work: requests of a few bytes, unlike images.</summary>
    private const int AskedAtOnce = 16;

    private readonly OnceEach<ResolvedImage?> _recalled = new();
    private readonly OnceEach<ResolvedImage> _resolved = new();
    private readonly OnceEach<IReadOnlyList<GlanceImage>> _listed = new();

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

    /// <summary>Asks all there is to ask if nothing has changed. Whoever needs an answer that failed asks again, and then fails with it.</summary>
    public async Task AskAheadAsync(IEnumerable<DistributionSpec> distributions, IEnumerable<string> names)
    {
        var lists = names.Select(cloud => (Task)ListAsync(cloud, ending));
        var recalls = Parallel.ForEachAsync(
            distributions,
            new ParallelOptions { MaxDegreeOfParallelism = AskedAtOnce, CancellationToken = ending },
            async (spec, stop) => await ((Task)RecallAsync(spec, stop)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing));
        await Task.WhenAll([recalls, .. lists]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

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

    /// <summary>Everything of ours in a cloud that is not hidden, as it was early in the run; null when each image is looked for by itself.</summary>
    public async Task<IReadOnlyList<GlanceImage>?> ListAsync(string cloud, CancellationToken cancellationToken)
    {
        return many ? await _listed.AskAsync(cloud, AskAsync, cancellationToken) : null;

        async Task<IReadOnlyList<GlanceImage>> AskAsync() => await OurImages.ListAsync(clouds.Connect(cloud), hidden: false, ending).ToListAsync(ending);
    }
}

/// <summary>Makes <see cref="RunLookups"/>.</summary>
public sealed class Lookups(ImageResolver resolver, ResolutionMemory memory, CloudDirectory clouds)
{
    public RunLookups ForOneImage(CancellationToken ending) => new(resolver, memory, clouds, many: false, ending);

    /// <param name="distributions">How many distributions are to be settled in each cloud.</param>
    public RunLookups ForRun(int distributions, CancellationToken ending) => new(resolver, memory, clouds, many: distributions > 1, ending);
}

using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;

namespace Imgsync.Core.Publishing;

/// <summary>Everything in a cloud that carries our mark and belongs to our project, as one look found it. A run looks there for
/// each of its distributions, and must not go through all images every time.</summary>
/// <param name="project">The id of that project; null where the token has none.</param>
/// <param name="images">Each once, newest first, hidden ones last.</param>
public sealed class ImageListing(string? project, IReadOnlyList<GlanceImage> images)
{
    private readonly Dictionary<string, GlanceImage> _byId = images.ToDictionary(image => image.Id, StringComparer.Ordinal);
    private readonly ILookup<string?, GlanceImage> _byDistribution = images.ToLookup(ImageMarks.DistributionOf, StringComparer.Ordinal);

    public string? Project => project;

    public IReadOnlyList<GlanceImage> All => images;

    /// <summary>By what this Glance says what it holds (<c>os_hash_algo</c>), as the newest image tells; null where none does.</summary>
    public string? HashAlgorithm => images.Where(image => image.OsHashAlgo is not null).MaxBy(image => image.CreatedAt)?.OsHashAlgo;

    /// <summary>All of it. Glance has no way to ask for hidden images and others at once, so it is asked twice, at the same time.</summary>
    public static async Task<ImageListing> ReadAsync(CloudConnection cloud, CancellationToken cancellationToken)
    {
        var halves = await Task.WhenAll(
            ReadAsync(cloud, hidden: false, cancellationToken), ReadAsync(cloud, hidden: true, cancellationToken));
        return halves[0].And(halves[1]);
    }

    /// <summary>What a decision about one distribution has to know, however many images of others there are: its own, and those with
    /// its content that do not say whose they are.</summary>
    /// <param name="contents">The digests of the published files.</param>
    public static async Task<ImageListing> ReadAsync(
        CloudConnection cloud, string distribution, IEnumerable<Digest> contents, CancellationToken cancellationToken)
    {
        (string Name, string Value)[] marks =
            [(ImageMarks.Distribution, distribution), .. contents.Select(content => (ImageMarks.Digest(content.Algorithm), content.Hex))];
        var parts = await Task.WhenAll(
            [.. marks.Select(mark => ReadAsync(cloud, hidden: false, cancellationToken, mark)),
                .. marks.Select(mark => ReadAsync(cloud, hidden: true, cancellationToken, mark))]);
        var all = parts.Aggregate((some, more) => some.And(more));
        return all.HashAlgorithm is null ? all.And(await NewestAsync(cloud, cancellationToken)) : all;
    }

    /// <summary>What is hidden of it, or what is not, to the last page.</summary>
    /// <param name="marks">What they must say beside whose they are.</param>
    public static async Task<ImageListing> ReadAsync(
        CloudConnection cloud, bool hidden, CancellationToken cancellationToken, params (string Name, string Value)[] marks)
    {
        var project = (await cloud.Keystone.GetTokenAsync(cancellationToken)).ProjectId;

        // Without a project of ours nothing that somebody owns is ours, whatever it says of itself.
        var images = cloud.Glance.ListAsync(Query(project, hidden, marks), cancellationToken)
            .Where(image => image.Owner == project)
            .DistinctBy(image => image.Id, StringComparer.Ordinal);
        return new ImageListing(project, await images.ToListAsync(cancellationToken));
    }

    public GlanceImage? Find(string id) => _byId.GetValueOrDefault(id);

    /// <param name="distribution">Null for those that do not say: the older tool's.</param>
    public IEnumerable<GlanceImage> Of(string? distribution) => _byDistribution[distribution];

    /// <summary>Both lists together. An image that somebody hid between two requests is in both, and counts once.</summary>
    public ImageListing And(ImageListing others) =>
        new(project, [.. images.UnionBy(others.All, image => image.Id, StringComparer.Ordinal)]);

    /// <summary>The same images, where some have been changed since.</summary>
    public ImageListing With(IReadOnlyCollection<GlanceImage> changed)
    {
        if (changed.Count == 0)
            return this;

        var now = changed.ToDictionary(image => image.Id, StringComparer.Ordinal);
        return new ImageListing(project, [.. images.Select(image => now.GetValueOrDefault(image.Id, image))]);
    }

    /// <summary>One image of ours tells as well as any by what this Glance says what it holds.</summary>
    private static async Task<ImageListing> NewestAsync(CloudConnection cloud, CancellationToken cancellationToken)
    {
        var project = (await cloud.Keystone.GetTokenAsync(cancellationToken)).ProjectId;
        var query = Query(project, hidden: false, marks: []) with { PageSize = 1 };
        var newest = await cloud.Glance.ListAsync(query, cancellationToken).FirstOrDefaultAsync(cancellationToken);
        return new ImageListing(project, newest is not null && newest.Owner == project ? [newest] : []);
    }

    private static ImageQuery Query(string? project, bool hidden, IEnumerable<(string Name, string Value)> marks) => new()
    {
        Owner = project,
        OsHidden = hidden,
        Properties = marks.Prepend((ImageMarks.Source, ImageMarks.Imgsync)).ToDictionary(StringComparer.Ordinal),
    };
}

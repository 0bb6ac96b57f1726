using System.Globalization;
using Imgsync.Core.Catalog;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Tests.Planning;

/// <summary>One row of the policy's table.</summary>
/// <param name="Images">Apart by blanks, <c>*20240803/1 20240801/3,owner:theirs,hidden</c>; an underscore in a name is a blank.</param>
public sealed record RetentionCase(string Images, string Expected)
{
    private static readonly DateTimeOffset Now = new(2024, 8, 4, 0, 0, 0, TimeSpan.Zero);

    private static readonly DistributionCatalog Catalogue = CatalogLoader.Load(
        userFile: null, new Dictionary<string, Uri>(StringComparer.Ordinal));

    public int Keep { get; init; } = 2;

    public PruneOptions Steps { get; init; } = new();

    /// <summary>The token's project.</summary>
    public string? Project { get; init; } = "ours";

    public string Decide() => InWords(Plan(Listing()));

    public ImageListing Listing() => new(Project, Written);

    /// <summary>The images as they are written.</summary>
    internal IReadOnlyList<GlanceImage> Written => [.. Images.Split(' ').Select(Read)];

    /// <summary>The place of the verified newest.</summary>
    internal int Newest => Array.FindIndex(Images.Split(' '), image => image.StartsWith('*'));

    /// <param name="listing">Of the images of this row those that are there (still).</param>
    /// <param name="chosen">The newest, where that is not the one with the star any more.</param>
    public IReadOnlyList<PlannedAction> Plan(ImageListing listing, GlanceImage? chosen = null)
    {
        var written = Images.Split(' ');
        Assert.True(Revision.TryParse(written[Newest][1..written[Newest].IndexOf('/', StringComparison.Ordinal)], out var revision));
        return Retention.Decide(listing, new RetentionLine
        {
            Distribution = Catalogue.Get("debian12"),
            Newest = chosen ?? Read(written[Newest], Newest),
            Revision = revision,
            Keep = Keep,
            Steps = Steps,
            Project = listing.Project,
            Now = Now,
            Catalogue = Catalogue.All,
        });
    }

    public string DecideOrphans(string configured) =>
        InWords(Retention.DecideOrphans(
            new ImageListing(Project, [.. Images.Split(' ').Select(Read)]),
            configured is "" ? new HashSet<string>(StringComparer.Ordinal) : new HashSet<string>(StringComparer.Ordinal) { configured },
            Steps,
            Now));

    internal static string InWords(IEnumerable<PlannedAction> decided) =>
        string.Join(", ", decided.Select(entry => $"{InWords(entry.Kind)} {RevisionIn(entry.Image)}"));

    private static string InWords(ActionKind kind) =>
        kind is ActionKind.MakeCommunity ? "make community" : kind.ToString().ToLowerInvariant();

    private static string RevisionIn(GlanceImage image) => image.Id.Split('/')[0];

    private static GlanceImage Read(string written, int place)
    {
        var parts = written.TrimStart('*').Split(',');
        var (revision, age) = (parts[0].Split('/')[0], int.Parse(parts[0].Split('/')[1], CultureInfo.InvariantCulture));
        var words = parts[1..].Select(part => part.Split(':', 2)).ToDictionary(
            word => word[0], word => word.ElementAtOrDefault(1) ?? "", StringComparer.Ordinal);
        return new GlanceImage
        {
            Id = $"{revision}/{place}",
            Name = words.GetValueOrDefault("name", $"Debian 12 [{revision}]").Replace('_', ' '),
            Status = words.GetValueOrDefault("status", "active"),
            Owner = words.GetValueOrDefault("owner", "ours"),
            OsHidden = words.ContainsKey("hidden"),
            Protected = words.ContainsKey("protected"),
            Visibility = words.GetValueOrDefault("visibility", "public"),
            CreatedAt = Now - TimeSpan.FromDays(age),
            Properties = words.ContainsKey("legacy") ? LegacyMarks() : Marks(revision, words),
        };
    }

    /// <summary>What the older Python tool wrote.</summary>
    private static Dictionary<string, string> LegacyMarks() =>
        new(StringComparer.Ordinal) { ["source"] = "imgsync", ["imgsync.sha512"] = "00" };

    private static Dictionary<string, string> Marks(string revision, Dictionary<string, string> words)
    {
        var marks = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["source"] = words.GetValueOrDefault("source", "imgsync"),
            ["architecture"] = words.GetValueOrDefault("architecture", "x86_64"),
            ["imgsync.distribution"] = words.GetValueOrDefault("distribution", "debian12"),
            ["imgsync.run"] = "installation/run",
            ["imgsync.sha256"] = "00",
            ["imgsync.sha512"] = words.GetValueOrDefault("holds", "00"),
            ["imgsync.visibility"] = words.GetValueOrDefault("given", "public"),
        };
        if (words.GetValueOrDefault("protected") is "ours")
            marks["imgsync.protected"] = "true";
        if (words.TryGetValue("replaces", out var replaced))
            marks["imgsync.replaces"] = replaced;
        if (words.ContainsKey("retired"))
            marks["imgsync.retired"] = "hide";
        if (revision is not "unknown")
            marks["imgsync.revision"] = revision;
        if (words.ContainsKey("unpublished"))
            marks.Remove("imgsync.sha256");
        return marks;
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Imgsync.Core.Catalog;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Publishing.Forms;
using Imgsync.Core.Runs;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Tests.Planning;

/// <summary>One row of the planner's table.</summary>
/// <param name="Images">What the cloud has, apart by blanks: <c>20240801=a,hidden</c> is a revision, its content and words for what is
/// special about it. The ids are the places in the list, from 1. An underscore in a name is a blank.</param>
/// <param name="Offer">The same for what the publisher offers.</param>
public sealed record PlannerCase(string Images, string Offer, string Expected)
{
    private const string Place = "https://publisher.example/bookworm/latest/";

    /// <summary>The day of most rows.</summary>
    private static readonly DateTimeOffset Today = new(2024, 8, 10, 12, 0, 0, TimeSpan.Zero);

    private static readonly DistributionCatalog Catalogue =
        CatalogLoader.Load(userFile: null, new Dictionary<string, Uri>(StringComparer.Ordinal));

    private static readonly DistributionSpec Distribution = Catalogue.Get("debian12");

    public DateTimeOffset Now { get; init; } = Today;

    public bool Force { get; init; }

    public string? AllowRollback { get; init; }

    /// <summary>The token's project.</summary>
    public string? Project { get; init; } = "ours";

    public SignaturePolicy Signature { get; init; } = SignaturePolicy.Required;

    public TimeSpan? MaxAge { get; init; }

    public DateOnly? EndOfSupport { get; init; }

    public bool Hold { get; init; }

    /// <summary>How long after its revision's day a list may have been signed.</summary>
    public TimeSpan? SignedWithin { get; init; }

    /// <summary>In which format the image is wanted; null where no row asks for one.</summary>
    public ImageFormat? Format { get; init; }

    public PublishOptions Publish { get; init; } = new();

    /// <summary>Whom the image is shared with: <c>them</c>, or <c>them:accepted</c>.</summary>
    public string[] Members { get; init; } = [];

    /// <summary>The settings that images with the word <c>scs</c> were made by.</summary>
    internal static PublishOptions Scs { get; } = new() { Metadata = MetadataProfile.Scs };

    /// <summary>The images as they are written.</summary>
    internal IReadOnlyList<GlanceImage> Written => [.. Images.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Read)];

    /// <summary>What the image in that place holds.</summary>
    internal string ContentAt(int place)
    {
        var (_, content, words) = Parts(Images.Split(' ')[place]);
        return words.GetValueOrDefault("holds", content);
    }

    /// <summary>What the publisher offers.</summary>
    internal (ResolvedImage Image, string Content) Offered => (ReadOffer(Offer), Parts(Offer).Content);

    public string Decide()
    {
        var plan = Planner.Decide(
            In(new ImageListing(Project, [.. Written.Where(image => image.Owner == Project)]), [.. Members.Select(ReadMember)]));
        var published = Format is null ? null : plan.Actions.FirstOrDefault(action => action.Kind is ActionKind.Publish);
        return InWords(plan) + (published is null ? "" : $": {published.Reason}");
    }

    /// <summary>The row's situation, in a cloud that has these images.</summary>
    internal Situation In(ImageListing images, IReadOnlyList<ImageMember> members) => Formed(new Situation
    {
        Distribution = Distribution with
        {
            AllowRollback = AllowRollback,
            MaxAge = MaxAge,
            EndOfSupport = EndOfSupport ?? Distribution.EndOfSupport,
            Hold = Hold,
            Publisher = Distribution.Publisher with { Signature = Signature, SignedWithin = SignedWithin },
        },
        Offer = Offered.Image,
        Images = images,
        Publish = Publish,
        Members = members,
        Run = new RunMark("here", RunId.Parse("this")),
        Now = Now,
        Catalogue = Catalogue.All,
        Force = Force,
    });

    private Situation Formed(Situation situation)
    {
        if (Format is not { } format)
            return situation;
        var form = ImageForm.Of(Publish with { DiskFormat = format }, situation.Offer with { DiskFormat = "qcow2" }, stores: []);
        return situation with { Form = form, Offer = form.Offer };
    }

    private static ImageMember ReadMember(string written) =>
        written.Split(':') is [var project, var status] ? new(project, status) : new(written, "pending");

    internal static string InWords(Plan plan)
    {
        if (plan.Refusal is { } refusal)
            return $"refuse: {refusal}";

        var first = plan.Actions.Any(action => action.Kind is ActionKind.Publish) ? "" : $"leave {plan.Current!.Id}";
        var words = plan.Actions.Where(action => action.Kind is not ActionKind.Delete).Select(InWords).Prepend(first);
        var leftovers = string.Concat(
            plan.Actions.Where(action => action.Kind is ActionKind.Delete).Select(action => $"remove {action.Image.Id}, "));
        return leftovers
            + string.Join(", ", words.Where(word => word is not ""))
            + (first is "" || plan.IsPlain ? "" : ", look closer")
            + (plan.Warning is null ? "" : $"; warn: {plan.Warning}");
    }

    private static string InWords(PlannedAction action) => action.Kind switch
    {
        ActionKind.Publish when Twins.ReplacedBy(action.Image).ToList() is { Count: > 0 } replaced =>
            $"publish instead of {string.Join(" and ", replaced)}",
        ActionKind.Publish => "publish",
        ActionKind.Change => $"change {action.Reason["to be as the settings say: ".Length..]}",
        _ => action.Reason,
    };

    private static (string Revision, string Content, Dictionary<string, string> Words) Parts(string written)
    {
        var parts = written.Split(',');
        var both = parts[0].Split('=');
        return (both[0],
            both[1], parts[1..].Select(part => part.Split(':', 2)).ToDictionary(
                word => word[0], word => word.ElementAtOrDefault(1) ?? "", StringComparer.Ordinal));
    }

    private static ResolvedImage ReadOffer(string written)
    {
        var (text, content, words) = Parts(written);
        Assert.True(Revision.TryParse(text, out var revision));
        var location = new Uri($"{words.GetValueOrDefault("place", Place)}{text}/image.qcow2");
        return new ResolvedImage
        {
            Distribution = "debian12",
            Location = location,
            OfficialLocation = location,
            DiskFormat = "raw",
            Revision = text,
            BuildDate = revision.Date,
            Digest = DigestOf(content, DigestAlgorithm.Sha512),
            Other = words.TryGetValue("raw", out var raw) ? RawBeside(location, raw) : null,
            Provenance = words.ContainsKey("unsigned")
                ? new Provenance(ProvenanceKind.DigestOverHttps)
                : new Provenance(ProvenanceKind.Signed, "DD", SignedAt(words)) { KeyEnds = DayOf(words, "ends") },
        };
    }

    private static OtherFile RawBeside(Uri image, string content)
    {
        var location = new Uri(image, "image.raw");
        return new OtherFile(location, [], location, "raw", Packing.None, DigestOf(content, DigestAlgorithm.Sha512));
    }

    private static DateTimeOffset? SignedAt(Dictionary<string, string> words) => DayOf(words, "signed");

    private static DateTimeOffset? DayOf(Dictionary<string, string> words, string word) =>
        words.TryGetValue(word, out var day)
            ? DateTimeOffset.Parse(day, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            : null;

    internal static Digest DigestOf(string content, DigestAlgorithm algorithm) =>
        Digest.FromBytes(algorithm, algorithm is DigestAlgorithm.Sha256 ? SHA256.HashData(BytesOf(content)) : SHA512.HashData(BytesOf(content)));

    internal static byte[] BytesOf(string content) => Encoding.ASCII.GetBytes(content);

    private static GlanceImage Read(string written, int index)
    {
        var (revision, content, words) = Parts(written);
        return new GlanceImage
        {
            Id = $"{index + 1}",
            Name = words.GetValueOrDefault("name", $"Debian 12 [{revision}]").Replace('_', ' '),
            Status = words.GetValueOrDefault("status", "active"),
            Owner = words.GetValueOrDefault("owner", "ours"),
            OsHidden = words.ContainsKey("hidden"),
            Visibility = words.GetValueOrDefault("visibility", "public"),
            Protected = words.ContainsKey("protected"),
            MinRam = int.Parse(words.GetValueOrDefault("ram", $"{Distribution.MinRam}"), CultureInfo.InvariantCulture),
            Tags = words.TryGetValue("tag", out var tags) ? tags.Split(';') : [],
            Stores = words.TryGetValue("store", out var store) ? [store] : [],
            ImportingToStores = words.TryGetValue("copying", out var copying) ? [copying] : [],
            CreatedAt = Today.AddDays(-1).AddMinutes(index),
            UpdatedAt = Today.AddHours(-int.Parse(words.GetValueOrDefault("still", "1"), CultureInfo.InvariantCulture)),
            OsHashAlgo = "sha512",
            OsHashValue = DigestOf(words.GetValueOrDefault("disk", words.GetValueOrDefault("holds", content)), DigestAlgorithm.Sha512).Hex,
            DiskFormat = words.GetValueOrDefault("as"),
            Properties = words.ContainsKey("legacy") ? LegacyMarks(content) : Marks(revision, content, words),
        };
    }

    private static Dictionary<string, string> LegacyMarks(string content) => new(StringComparer.Ordinal)
    {
        ["source"] = "imgsync",
        ["imgsync.sha512"] = DigestOf(content, DigestAlgorithm.Sha512).Hex,
    };

    private static Dictionary<string, string> Marks(string revision, string content, Dictionary<string, string> words)
    {
        var marks = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["source"] = words.GetValueOrDefault("source", "imgsync"),
            ["imgsync.distribution"] = words.GetValueOrDefault("distribution", "debian12"),
            ["imgsync.revision"] = revision,
            ["imgsync.url"] = $"{words.GetValueOrDefault("place", Place)}{revision}/{words.GetValueOrDefault("file", "image.qcow2")}",
            ["imgsync.run"] = words.GetValueOrDefault("run", "here/before"),
            ["imgsync.sha256"] = DigestOf(content, DigestAlgorithm.Sha256).Hex,
            ["imgsync.sha512"] = DigestOf(content, DigestAlgorithm.Sha512).Hex,
        };
        var made = new ImageFacts(
            revision, Revision.TryParse(revision, out var parsed) ? parsed.Date : null, marks["imgsync.url"]);
        var settings = words.ContainsKey("scs") ? Scs : new PublishOptions();
        foreach (var (name, value) in ImageDescription.DescriptiveProperties(Distribution, settings, made))
            marks[name] = value;
        if (words.TryGetValue("set", out var set))
            marks[set.Split('=')[0]] = set.Split('=')[1];
        if (words.TryGetValue("version", out var version))
            marks["os_version"] = version;
        if (words.TryGetValue("members", out var members))
            marks["imgsync.members"] = members.Replace(';', ',');
        if (words.TryGetValue("given", out var given))
            marks["imgsync.visibility"] = given;
        if (words.GetValueOrDefault("protected") is "ours")
            marks["imgsync.protected"] = "true";
        if (!words.ContainsKey("unsigned"))
            marks["imgsync.signed_by"] = "DD";
        if (SignedAt(words) is { } at)
            marks["imgsync.signed_at"] = at.ToString("u", CultureInfo.InvariantCulture);
        if (words.TryGetValue("disk", out var disk))
            marks["imgsync.unpacked_sha512"] = DigestOf(disk, DigestAlgorithm.Sha512).Hex;
        if (words.ContainsKey("retired"))
            marks["imgsync.retired"] = "hide";
        if (words.TryGetValue("replaces", out var replaced))
            marks["imgsync.replaces"] = replaced;
        foreach (var (word, mark) in new[] { ("unpublished", "imgsync.sha256"), ("no-source", "imgsync.url"),
            ("no-revision", "imgsync.revision"), ("no-run", "imgsync.run") })
        {
            if (words.ContainsKey(word))
                marks.Remove(mark);
        }

        return marks;
    }
}

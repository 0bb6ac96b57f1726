using System.Globalization;

namespace Imgsync.Core.Reporting.Page;

/// <summary>Every distribution in every cloud: revision, age, state, who signed it, and its id in Glance.</summary>
internal static class StatusMatrix
{
    public static void Write(Html page, Figures figures)
    {
        page.Tag("h2", [], "Images");
        if (figures.Images is [])
        {
            page.Tag("p", [], "Nothing is known yet; the first run of imgsync sync tells.");
            return;
        }

        var clouds = figures.Images.Select(image => image.Standing.Cloud).Distinct(StringComparer.Ordinal).ToList();
        var rows = figures.Images.GroupBy(image => image.Standing.Distribution, StringComparer.Ordinal).ToList();
        Tools(page, figures);
        PageTable.Write(page, "matrix", "Images", () =>
        {
            page.Tag("thead", [], () => page.Tag("tr", [], () =>
            {
                page.Tag("th", [("scope", "col")], "distribution");
                foreach (var cloud in clouds)
                    page.Tag("th", [("scope", "col")], cloud);
            }));
            page.Tag("tbody", [], () =>
            {
                foreach (var row in rows)
                    Row(page, row.Key, row.ToDictionary(image => image.Standing.Cloud, StringComparer.Ordinal), clouds, figures.At);
            });
        });
    }

    /// <summary>Hidden until the script is there that they need.</summary>
    private static void Tools(Html page, Figures figures) => page.Tag("form", [("class", "tools"), ("hidden", "")], () =>
    {
        page.Tag("div", [], () => page
            .Tag("label", [("for", "words")], "Words to look for")
            .Tag("input", [("id", "words"), ("type", "search"), ("autocomplete", "off")]));
        page.Tag("div", [], () =>
        {
            page.Tag("label", [("for", "state")], "State");
            page.Tag("select", [("id", "state")], () =>
            {
                page.Tag("option", [("value", "")], "any");
                foreach (var state in PageWords.States.Where(state => figures.Images.Any(image => image.Standing.State == state)))
                    page.Tag("option", [("value", state)], state);
            });
        });
        page.Tag("p", [("id", "shown"), ("class", "dim"), ("role", "status")]);
    });

    private static void Row(
        Html page, string distribution, Dictionary<string, ImageFigures> images, List<string> clouds, DateTimeOffset now)
    {
        var states = images.Values.Select(image => image.Standing.State).Distinct(StringComparer.Ordinal);
        page.Tag("tr", [("data-states", string.Join(' ', states))], () =>
        {
            page.Tag("th", [("scope", "row"), ("data-key", distribution)], distribution);
            foreach (var cloud in clouds)
            {
                if (images.TryGetValue(cloud, out var image))
                    page.Tag("td", [("class", "place"), ("data-key", Key(image, now))], () => Cell(page, image, now));
                else
                    page.Tag("td", [("class", "place"), ("data-key", "9")], "–");
            }
        });
    }

    /// <summary>By how bad it is, then by its age.</summary>
    private static string Key(ImageFigures image, DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture,
        $"{PageWords.States.ToList().IndexOf(image.Standing.State)} {(int)(image.Age(now)?.TotalDays ?? 99999):d5}");

    private static void Cell(Html page, ImageFigures image, DateTimeOffset now)
    {
        var standing = image.Standing;
        page.Tag("span", [("class", $"state {PageWords.Tone(standing.State)}")], standing.State);
        page.Text(" ").Tag("span", [], standing.Revision ?? "no image yet");
        var facts = new[]
        {
            image.Age(now) is { } age ? PageWords.Age(age) + " old" : null,
            image.MaxAge is { } most ? $"at most {PageWords.Age(most)}" : null,
            standing.ConvertedFrom is { } from ? $"{standing.DiskFormat}, converted from {from}" : standing.DiskFormat,
            standing.SignedBy is { } key ? $"signed by {key}" : standing.Provenance is null ? null : "not signed",
            image.EndOfSupport is { } end ? $"support until {end:yyyy-MM-dd}" : null,
            standing.CheckedAt is { } at ? $"checked {PageWords.Age(now - at)} ago" : "never checked",
        };
        page.Tag("small", [], string.Join(", ", facts.Where(fact => fact is not null)));
        if (standing.ImageId is { } id)
            page.Tag("small", [], id);
    }
}

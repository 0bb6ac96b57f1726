namespace Imgsync.Core.Reporting.Page;

/// <summary>Tables that scroll within themselves where the window is too narrow, by keyboard, too.</summary>
internal static class PageTable
{
    /// <param name="label">What it is about, for who does not see it.</param>
    public static void Write(Html page, string id, string label, Action rows) => page.Tag(
        "div",
        [("class", "scroll"), ("role", "region"), ("aria-label", label), ("tabindex", "0")],
        () => page.Tag("table", [("id", id)], rows));

    public static void Write(Html page, string id, string label, string[] headers, IEnumerable<string[]> rows) =>
        Write(page, id, label, () =>
        {
            page.Tag("thead", [], () => page.Tag("tr", [], () =>
            {
                foreach (var header in headers)
                    page.Tag("th", [("scope", "col")], header);
            }));
            page.Tag("tbody", [], () =>
            {
                foreach (var row in rows)
                    page.Tag("tr", [], () =>
                    {
                        page.Tag("th", [("scope", "row")], row[0]);
                        foreach (var cell in row[1..])
                            page.Tag("td", [], cell);
                    });
            });
        });
}

using System.Globalization;
using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Imgsync.Core;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging.Folders;
using Microsoft.Playwright;

namespace Imgsync.Cli.Tests.Page;

/// <summary>The page of <c>imgsync report --html</c>, in a real browser.</summary>
public sealed partial class StatusPageTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private const string Hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>\" onload=\"x ‮txt.exe";

    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly ProgramRun _program = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Its_numbers_are_those_of_the_reports_and_it_is_whole_without_its_script()
    {
        await SaveSomeRunsAsync();
        var file = await WriteAsync();

        var (page, complaints) = await browser.OpenAsync(file, script: false);

        Assert.Equal("Imgsync: 1 of 5 images is not in order", await page.TitleAsync());
        Assert.Equal(["1 failed", "1 unknown", "1 warning", "2 up-to-date"], (await TextsAsync(page, ".tiles li")).Take(4));
        Assert.Contains("debian12 for private", await page.InnerTextAsync(".wrong"), StringComparison.Ordinal);
        Assert.Contains("Glance answered 413 over the quota.", await page.InnerTextAsync(".wrong"), StringComparison.Ordinal);
        Assert.Equal(
            ["distribution", "public", "private"], await TextsAsync(page, "#matrix thead th"));
        var debian = await TextsAsync(page, "#matrix tbody tr:has(th:text-is('debian12')) td");
        Assert.Contains("up-to-date 20260701-1811", debian[0], StringComparison.Ordinal);
        Assert.Contains("not signed", debian[0], StringComparison.Ordinal);
        Assert.Contains("11111111-1111-1111-1111-111111111111", debian[0], StringComparison.Ordinal);
        Assert.StartsWith("failed", debian[1], StringComparison.Ordinal);
        Assert.Contains(
            "raw, converted from qcow2, signed by D2EB44626FDDC30B513D5BB71A5D6C4C7DB87C81", await page.InnerTextAsync("#matrix"),
            StringComparison.Ordinal);
        Assert.Equal(3, await page.Locator("#runs tbody tr").CountAsync());
        Assert.Contains("1 published, 2 up-to-date, 1 failed", await page.InnerTextAsync("#runs"), StringComparison.Ordinal);
        Assert.Equal(10, await page.Locator("svg rect:visible").CountAsync()); // an age, and three runs in three drawings
        Assert.Equal(["publish", "delete"], await TextsAsync(page, "#plan tbody th"));
        Assert.Equal(0, await page.Locator("form.tools:visible").CountAsync());
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task Its_policy_lets_nothing_else_in_it_filters_and_sorts_by_keyboard_and_what_others_wrote_is_text()
    {
        await SaveAsync(Report(0, [Outcome("debian12", "public") with { ImageName = Hostile, Revision = "20260701-1811" },
            Outcome("ubuntu24", "public") with { Kind = OutcomeKind.Failed, Failure = "upstream", Reason = Hostile }, Outcome("alpine", "public")]));
        var file = await WriteAsync();

        var (page, complaints) = await browser.OpenAsync(file);

        Assert.Contains("<script>alert(1)</script>", await page.InnerTextAsync(".wrong"), StringComparison.Ordinal);
        Assert.DoesNotContain('‮', await page.ContentAsync());
        Assert.Equal(1, await page.Locator("script").CountAsync());
        Assert.Equal(0, await page.Locator("img").CountAsync());

        await page.FocusAsync("#words");
        await page.Keyboard.TypeAsync("debian");
        Assert.Equal("1 of 3 shown", await page.InnerTextAsync("#shown"));
        Assert.Equal(["debian12"], await TextsAsync(page, "#matrix tbody tr:visible th"));
        await page.FillAsync("#words", "");
        await page.SelectOptionAsync("#state", "failed");
        Assert.Equal(["ubuntu24"], await TextsAsync(page, "#matrix tbody tr:visible th"));
        await page.SelectOptionAsync("#state", "");
        await page.FocusAsync("#matrix thead th:nth-child(2) button");
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal("ubuntu24", (await TextsAsync(page, "#matrix tbody th"))[0]);
        await page.FocusAsync("#matrix thead th:first-child button");
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal(["alpine", "debian12", "ubuntu24"], await TextsAsync(page, "#matrix tbody th"));
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal(["ubuntu24", "debian12", "alpine"], await TextsAsync(page, "#matrix tbody th"));

        Assert.Empty(complaints);
        await page.EvaluateAsync("() => { const s = document.createElement('script'); s.textContent = 'window.bad = 1'; document.body.append(s); }");
        Assert.False(await page.EvaluateAsync<bool>("() => 'bad' in window"));
        Assert.Contains(complaints, complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_reads_well_at_three_widths_in_both_themes_for_everybody()
    {
        await SaveSomeRunsAsync();
        var file = await WriteAsync();
        foreach (var dark in new[] { false, true })
        {
            foreach (var width in new[] { 360, 800, 1280 })
            {
                var (page, complaints) = await browser.OpenAsync(file, width, dark);
                Assert.Equal(width, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
                Assert.Empty(await page.EvaluateAsync<string[]>(Overlaps));
                if (width is not 800)
                    await AssertAccessibleAsync(page);
                Assert.Empty(complaints);
                await CaptureAsync(page, $"page-{width}-{(dark ? "dark" : "light")}.png");
            }
        }
    }

    [Fact]
    public async Task It_is_quick_with_two_thousand_images_and_says_so_where_nothing_is_known()
    {
        var (empty, none) = await browser.OpenAsync(await WriteAsync());
        Assert.Contains("Nothing is known yet", await empty.InnerTextAsync("main"), StringComparison.Ordinal);
        await SaveAsync(Report(0, [.. Enumerable.Range(0, 2000).Select(i => Outcome($"golden{i:d4}", "public"))]));

        var file = await WriteAsync();
        var (page, complaints) = await browser.OpenAsync(file);

        Assert.Equal(2001, await page.Locator("#matrix tbody tr").CountAsync());
        Assert.InRange(new FileInfo(file).Length, 100_000, 2_000_000);
        await page.FillAsync("#words", "golden1999");
        Assert.Equal("1 of 2001 shown", await page.InnerTextAsync("#shown"));
        Assert.Empty(none.Concat(complaints));
    }

    /// <summary>Elements with text of their own that lie over each other, or whose text does not fit.</summary>
    private const string Overlaps = """
        () => {
          const visible = e => { const b = e.getBoundingClientRect(); return b.width > 0 && b.height > 0 && e.checkVisibility({ contentVisibilityAuto: true }); };
          const leaves = [...document.querySelectorAll('h1,h2,p,li b,li span,th,td,label,summary,svg text')].filter(visible);
          const found = [];
          for (const e of leaves)
            if (!e.closest('.scroll, .chart') && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0) found.push('too wide: ' + e.textContent);
          for (let i = 0; i < leaves.length; i++)
            for (let j = i + 1; j < leaves.length; j++) {
              const [a, b] = [leaves[i], leaves[j]];
              if (a.contains(b) || b.contains(a) || a.closest('.scroll, .chart') !== b.closest('.scroll, .chart')) continue;
              const [p, q] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
              if (Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1.5 && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 1.5)
                found.push(a.textContent + ' | ' + b.textContent);
            }
          return found.slice(0, 5);
        }
        """;

    private static async Task<IReadOnlyList<string>> TextsAsync(IPage page, string selector) =>
        [.. (await page.Locator(selector).AllInnerTextsAsync()).Select(text => Blanks().Replace(text, " ").Trim())];

    private static async Task AssertAccessibleAsync(IPage page)
    {
        var axe = await page.RunAxe();
        Assert.True(axe.Violations.Length == 0, string.Join('\n', axe.Violations.Select(
            rule => $"{rule.Id}: {rule.Help} {string.Join(' ', rule.Nodes.Select(node => node.Html))}")));
        Assert.NotEmpty(axe.Passes);
    }

    private static async Task CaptureAsync(IPage page, string name)
    {
        var picture = await page.ScreenshotAsync(new PageScreenshotOptions { FullPage = name.Contains("360", StringComparison.Ordinal) is false });
        Assert.NotEmpty(picture);
        if (Environment.GetEnvironmentVariable("IMGSYNC_WRITE_DOCS") is "1" && name is "page-1280-light.png" or "page-1280-dark.png" or "page-360-light.png")
            await File.WriteAllBytesAsync(Path.Combine(Checkout.Root, "docs", "screens", name), picture, Cancel);
    }

    private async Task<string> WriteAsync()
    {
        var file = Path.Combine(_program.Home, "page.html");
        var written = await _program.RunAsync("report", "--html", file);
        Assert.Equal((0, $"Written: {file}"), (written.ExitCode, written.StandardError.Trim()));
        return file;
    }

    private async Task SaveSomeRunsAsync()
    {
        var bad = Outcome("debian12", "private") with { Kind = OutcomeKind.Failed, Failure = "cloud-refused", Reason = "Glance answered 413 over the quota." };
        var first = Report(50, [Outcome("debian12", "public"), Outcome("ubuntu24", "public"), bad, Outcome("almalinux9", "public") with { Kind = OutcomeKind.Published }]);
        var second = Report(26, [Outcome("debian12", "public"), Ubuntu(), Outcome("almalinux9", "public") with { Warning = "The newest image is of 2024-09-21, look whether the publisher has stopped." }, bad]);
        var dry = Report(2, [Outcome("rocky9", "public") with { Kind = OutcomeKind.WouldPublish, Actions = [Planned(ActionKind.Publish, "Rocky Linux 9 [9.6]"), Planned(ActionKind.Delete, "Rocky Linux 9 [9.5]")] }]) with
        { DryRun = true, Complete = false };
        foreach (var report in new[] { first, second, dry })
            await SaveAsync(report);

        static ImageOutcome Ubuntu() => Outcome("ubuntu24", "public") with
        {
            Revision = "20260720",
            Provenance = "signed by D2EB44626FDDC30B513D5BB71A5D6C4C7DB87C81",
            ImageId = "22222222-2222-2222-2222-222222222222",
            DiskFormat = "raw",
            ConvertedFrom = "qcow2",
        };

        static RunAction Planned(ActionKind kind, string name) => new()
        {
            Distribution = "rocky9",
            Cloud = "public",
            Kind = kind,
            ImageName = name,
            Result = ActionResult.Planned,
            Reason = "it is superseded",
        };
    }

    private static ImageOutcome Outcome(string distribution, string cloud) => new()
    {
        Distribution = distribution,
        Cloud = cloud,
        Kind = OutcomeKind.UpToDate,
        Reason = "it is active in Glance",
        Revision = "20260701-1811",
        ImageName = distribution,
        ImageId = "11111111-1111-1111-1111-111111111111",
        Provenance = "digest over HTTPS, not signed",
        BytesDownloaded = 512L << 20,
        BytesUploaded = 512L << 20,
    };

    private static SyncReport Report(int hoursAgo, IReadOnlyList<ImageOutcome> outcomes)
    {
        var ended = Now.AddHours(-hoursAgo);
        return new SyncReport(
            RunId.Parse(ended.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture) + "-3f9a"), ended.AddSeconds(-90), ended, DryRun: false,
            outcomes, PruneReport.Nothing)
        { Complete = true };
    }

    private async Task SaveAsync(SyncReport report)
    {
        _program.Write("imgsync.json", $$"""
            { "staging": { "folder": "{{_program.Home}}/staging" }, "distributions": ["debian12"],
              "clouds": [
                { "name": "public", "auth": { "authUrl": "https://a.example/v3", "username": "u", "password": "p", "projectName": "p" } },
                { "name": "private", "auth": { "authUrl": "https://b.example/v3", "username": "u", "password": "p", "projectName": "p" } } ] }
            """);
        await new ReportStore(new FolderDocumentStore(Path.Combine(_program.Home, "staging"))).SaveAsync(report, Cancel);
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Blanks();
}

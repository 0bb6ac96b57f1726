using Imgsync.Core.Runs;
using Imgsync.Core.Staging.Folders;

namespace Imgsync.Core.Tests.Runs;

/// <summary>What is known of the images after several runs.</summary>
public sealed class StandingTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2024, 7, 17, 18, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("imgsync-standing-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_dry_or_partial_run_adds_what_it_finds_wrong_and_hides_nothing()
    {
        var standing = Standing.Unknown
            .After(Run(1, complete: true, Good("debian12", "1"), Failed("ubuntu24")))
            .After(Run(2, complete: false, Good("debian12", "2")))
            .After(Run(3, complete: true, Good("debian12", "3"), Good("ubuntu24", "9")) with { DryRun = true })
            .After(Run(4, complete: true, Failed("debian12"), Good("ubuntu24", "9")) with { DryRun = true });

        Assert.Equal(
            [("debian12", "2", Start.AddHours(2), Start.AddHours(4)), ("ubuntu24", null, null, Start.AddHours(1))],
            standing.Images.Select(image => (image.Distribution, image.Revision, image.CheckedAt, (DateTimeOffset?)image.Wrong?.At)));
        Assert.Equal(["run4", "run3", "run2", "run1"], standing.Runs.Select(run => $"{run.Run}"));
    }

    [Fact]
    public void What_is_wrong_says_since_when_and_a_good_run_settles_it()
    {
        var failed = Standing.Unknown.After(Run(1, true, Good("debian12", "1"))).After(Run(2, true, Failed("debian12")))
            .After(Run(3, true, Failed("debian12")));
        var cancelled = failed.After(Run(4, true, Failed("debian12") with { Failure = FailureKind.Cancelled }) with { Cancelled = true });
        var good = cancelled.After(Run(5, true, Good("debian12", "2")));

        Assert.Equal((Start.AddHours(2), Start.AddHours(3)), (failed.Images[0].Wrong!.Since, failed.Images[0].Wrong!.At));
        Assert.Equal("1", failed.Images[0].Revision);
        Assert.Equal(failed.Images[0], cancelled.Images[0]);
        Assert.Equal(("2", null), (good.Images[0].Revision, good.Images[0].Wrong));
    }

    [Fact]
    public void A_run_says_in_which_form_an_image_stands_and_one_of_an_older_version_says_nothing_new()
    {
        var made = Standing.Unknown.After(Run(1, true, Made("a", "raw", "qcow2")));
        var planned = made.After(Run(2, true, Made("b", "qcow2", null)) with { DryRun = true });
        var failed = made.After(Run(2, true, Made("b", "qcow2", null) with { Kind = OutcomeKind.Failed }));
        var kept = made.After(Run(2, true, Good("debian12", "1") with { ImageId = "a", Kind = OutcomeKind.UpToDate }));
        var old = made.After(Run(2, true, Good("debian12", "1") with { ImageId = "b", Kind = OutcomeKind.UpToDate }));
        var found = Standing.Unknown.After(Run(1, true, Made("a", "raw", "qcow2") with { Kind = OutcomeKind.UpToDate }));
        var newer = made.After(Run(2, true, Made("b", "qcow2", null)));

        Assert.All([made, planned, failed, kept, found], standing => Assert.Equal(("raw", "qcow2"), Form(standing)));
        Assert.Equal((null, null), Form(old));
        Assert.Equal(("qcow2", null), Form(newer));

        static (string?, string?) Form(Standing standing) => (standing.Images[0].DiskFormat, standing.Images[0].ConvertedFrom);
    }

    [Fact]
    public void Only_a_complete_run_decides_what_is_kept_current_no_more_and_that_clean_up_is_in_order_again()
    {
        var known = Standing.Unknown.After(Run(1, true, Failed("gone"), Good("debian12", "1")) with
        {
            Pruning = new PruneReport([], ["lyon: no."]),
        });

        var partial = known.After(Run(2, false, Good("debian12", "2")));
        var stopped = known.After(Run(2, true, Good("debian12", "2")) with { Cancelled = true });
        var complete = known.After(Run(2, true, Good("debian12", "2")));

        Assert.Equal([2, 2, 1], new[] { partial, stopped, complete }.Select(standing => standing.Images.Count));
        Assert.Equal([1, 1, 0], new[] { partial, stopped, complete }.Select(standing => standing.CleanUpFailures.Count));
    }

    [Fact]
    public async Task It_comes_back_from_the_store_and_a_store_of_an_older_version_knows_its_last_run()
    {
        var store = new ReportStore(new FolderDocumentStore(_folder.FullName));
        var first = Run(1, true, Good("debian12", "1"), Failed("ubuntu24"));
        Assert.Equivalent(Standing.Unknown, await store.StandingAsync(Cancel), strict: true);

        await store.SaveAsync(first, Cancel);
        var saved = await store.StandingAsync(Cancel);
        File.Delete(Path.Combine(_folder.FullName, "reports", "standing.json"));
        var older = await store.StandingAsync(Cancel);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "reports", "standing.json"), "{\"Images\":", Cancel);
        await store.SaveAsync(Run(2, true, Good("debian12", "2")), Cancel);
        var anew = await store.StandingAsync(Cancel);

        Assert.Equivalent(Standing.Unknown.After(first), saved, strict: true);
        Assert.Equivalent(saved, older, strict: true);
        Assert.Equal("2", Assert.Single(anew.Images).Revision);
    }

    private static SyncReport Run(int number, bool complete, params ImageOutcome[] outcomes) => new(
        RunId.Parse($"run{number}"),
        Start.AddHours(number).AddMinutes(-5),
        Start.AddHours(number),
        DryRun: false,
        outcomes,
        PruneReport.Nothing)
    {
        Complete = complete,
    };

    private static ImageOutcome Good(string distribution, string revision) => new()
    {
        Distribution = distribution,
        Cloud = "lyon",
        Kind = OutcomeKind.Published,
        Reason = "New.",
        Revision = revision,
    };

    private static ImageOutcome Made(string id, string format, string? from) => Good("debian12", id) with
    {
        ImageId = id,
        DiskFormat = format,
        ConvertedFrom = from,
    };

    private static ImageOutcome Failed(string distribution) => new()
    {
        Distribution = distribution,
        Cloud = "lyon",
        Kind = OutcomeKind.Failed,
        Reason = "No.",
        Failure = "upstream",
    };
}

using Imgsync.Cli.Display;
using Imgsync.Cli.Display.Live;
using Imgsync.Core.Runs;

namespace Imgsync.Cli.Tests;

/// <summary>Tables, lines and the area that is drawn again, without a program around them.</summary>
public sealed class LayoutTests
{
    private static readonly Column[] Columns =
    [
        "name",
        new("digest", Weight: 5) { Short = Words.ShortDigest },
        new("MiB", Weight: 1) { IsNumber = true },
        new("why", Weight: 7) { IsText = true },
    ];

    private static readonly string[][] Rows =
    [
        ["debian12", "sha512:0123456789abcdef0123456789abcdef", "7", "the publisher has a newer revision of it"],
        ["日本", "-", "1234", "up to date"],
    ];

    [Theory]
    [InlineData(200, """
        name      digest                                    MiB  why
        debian12  sha512:0123456789abcdef0123456789abcdef     7  the publisher has a newer revision of it
        日本      -                                        1234  up to date
        """)]
    [InlineData(80, """
        name      digest                 MiB  why
        debian12  sha512:0123456789ab…     7  the publisher has a newer revision of it
        日本      -                     1234  up to date
        """)]
    [InlineData(60, """
        name      digest                why
        debian12  sha512:0123456789ab…  the publisher has a newer
                                        revision of it
        日本      -                     up to date
        """)]
    [InlineData(40, """
        name       MiB  why
        debian12     7  the publisher has a
                        newer revision of it
        日本      1234  up to date
        """)]
    [InlineData(20, """
        name       MiB
        debian12     7
        日本      1234
        """)]
    public void A_table_shortens_then_breaks_between_words_then_leaves_out_what_matters_least(int width, string expected) =>
        Assert.Equal(expected.ReplaceLineEndings("\n"), string.Join('\n', TableLayout.Lines(Columns, Rows, width, isColoured: false)));

    [Fact]
    public void A_sentence_that_never_goes_stands_below_its_row_where_there_is_no_room_beside_it()
    {
        Column[] columns = ["key", new("value") { IsText = true }];

        var lines = TableLayout.Lines(columns, [["publish.nameTemplate.of.a.long.key", "one two three four"]], 20, isColoured: false);

        Assert.Equal(["key", "publish.nameTemplate", ".of.a.long.key", "  one two three four"], lines);
    }

    [Fact]
    public void A_cell_that_never_goes_and_is_wider_than_the_terminal_is_broken_also_where_there_is_no_sentence()
    {
        Column[] columns = ["name", new("id", Weight: 3)];

        var lines = TableLayout.Lines(columns, [["test Debian 12 [20240717-1811]", "3f9a51c0"]], 20, isColoured: false);

        Assert.Equal(["name", "test Debian 12", "[20240717-1811]"], lines);
    }

    [Fact]
    public void A_rate_is_that_of_the_last_seconds_and_none_is_told_before_there_is_one()
    {
        var meter = new RateMeter();
        for (var tenth = 0; tenth <= 100; tenth++)
            meter.Saw(TimeSpan.FromSeconds(tenth / 10.0), tenth < 50 ? tenth * 1000 : 49000 + (tenth - 49) * 100);

        Assert.Equal(1000, meter.At(TimeSpan.FromSeconds(10), 54100)!.Value, tolerance: 20);
        Assert.Equal(0, meter.At(TimeSpan.FromSeconds(16), 54100));

        meter.Saw(TimeSpan.FromSeconds(16), 10); // a second pass over the same bytes
        Assert.Null(meter.At(TimeSpan.FromSeconds(16.5), 10));
    }

    [Fact]
    public void More_images_than_lines_are_counted_and_those_at_work_and_failed_are_shown()
    {
        var board = new RunBoard([.. Enumerable.Range(0, 50).Select(number => new PlannedDistribution($"image{number:d2}", ["east"]))]);
        for (var number = 0; number < 20; number++)
            board.Take(Ended($"image{number:d2}", number == 7 ? OutcomeKind.Failed : OutcomeKind.UpToDate), TimeSpan.Zero);
        board.Take(new ImageProgress("image30", "east", SyncStage.Settle), TimeSpan.Zero);
        board.Notice("Stopping ...");

        var lines = board.Render(width: 60, height: 6, TimeSpan.Zero).Select(line => line.Text);

        Assert.Equal(
            ["image07 > east FAILED  no good", "image20 > east waiting", "image21 > east waiting", "image30 > east asking Glance",
                "50 images: 19 done, 1 failed, 1 at work, 29 waiting", "Stopping ..."],
            lines);
    }

    [Fact]
    public void A_terminal_that_was_made_narrower_is_drawn_anew_from_the_first_line_on()
    {
        var (columns, written) = (80, new StringWriter());
        using var area = new LiveArea(written, () => (columns, 24), (_, _) => [(new string('x', 50), Tone.Plain)], isColoured: false);
        columns = 20;
        area.Redraw();
        area.End(last: true);

        Assert.Contains("\e[3F", written.ToString(), StringComparison.Ordinal); // 50 columns stand in three lines of 20
    }

    [Fact]
    public void What_others_wrote_takes_the_columns_that_it_takes_and_no_more_than_there_are()
    {
        Assert.Equal((4, 1, 2), (TextWidth.Of("日本"), TextWidth.Of("e\u0301"), TextWidth.Of("🐧")));
        Assert.Equal("日…", TextWidth.Fit("日本語", 4));
        Assert.Equal("", TextWidth.Fit("x y", 0));
    }

    private static ImageProgress Ended(string distribution, OutcomeKind kind) => new(distribution, "east", SyncStage.Publish)
    {
        Ended = new ImageOutcome { Distribution = distribution, Cloud = "east", Kind = kind, Reason = "no good" },
    };
}

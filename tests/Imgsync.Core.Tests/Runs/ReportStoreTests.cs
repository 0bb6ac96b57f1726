using System.Text;
using System.Text.Json;
using Imgsync.Core.Content;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Staging.Folders;
using Imgsync.Testing;
using NJsonSchema;

namespace Imgsync.Core.Tests.Runs;

/// <summary>Reports as they lie in staging: one version of ours reads what another one wrote.</summary>
public sealed class ReportStoreTests : IDisposable
{
    private const string Document = """
        {"Run":"20240717T181100Z-3f9a","StartedAt":"2024-07-17T18:11:00+00:00","FinishedAt":"2024-07-17T20:12:30.5+02:00","DryRun":true,"Outcomes":[
        {"Distribution":"debian12","Cloud":"lyon","Kind":"published","Reason":"\u003CNew\u003E, \u00E9t\u00E9 \u0022now\u0022.","Failure":null,"Revision":"20240717-1811",
        "ImageId":"0b6c","ImageName":"Debian 12","Actions":[],"BytesDownloaded":5000000000,"BytesUploaded":7,
        "Content":{"Length":6,"Sha256":"sha256:0000000000000000000000000000000000000000000000000000000000000000",
        "Sha512":"sha512:00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"},
        "Provenance":"digest over HTTPS, not signed","Seconds":{"resolve":0.25,"transfer":12}},
        {"Distribution":"debian13","Cloud":"","Kind":"failed","Reason":"No.","Failure":"upstream","Revision":null,
        "ImageId":null,"ImageName":null,"Actions":[],"BytesDownloaded":0,"BytesUploaded":0,"Content":null,"Provenance":null,"Seconds":{}}],
        "Pruning":{"Actions":[{"Distribution":"debian12","Cloud":"lyon","Kind":"hide","ImageId":"0b6b","ImageName":"Debian 12","Result":"planned","Reason":"Older."}],"Failures":["lyon: no."]}}
        """;

    private static readonly SyncReport Report = new(
        RunId.Parse("20240717T181100Z-3f9a"),
        new DateTimeOffset(2024, 7, 17, 18, 11, 0, TimeSpan.Zero),
        new DateTimeOffset(2024, 7, 17, 20, 12, 30, 500, TimeSpan.FromHours(2)),
        DryRun: true,
        [
            new ImageOutcome
            {
                Distribution = "debian12",
                Cloud = "lyon",
                Kind = OutcomeKind.Published,
                Reason = "<New>, été \"now\".",
                Revision = "20240717-1811",
                ImageId = "0b6c",
                ImageName = "Debian 12",
                BytesDownloaded = 5_000_000_000,
                BytesUploaded = 7,
                Content = new ContentFacts(
                    6, Digest.FromBytes(DigestAlgorithm.Sha256, new byte[32]), Digest.FromBytes(DigestAlgorithm.Sha512, new byte[64])),
                Provenance = "digest over HTTPS, not signed",
                Seconds = new Dictionary<SyncStage, double> { [SyncStage.Resolve] = 0.25, [SyncStage.Transfer] = 12 },
            },
            new ImageOutcome { Distribution = "debian13", Cloud = "", Kind = OutcomeKind.Failed, Reason = "No.", Failure = "upstream" },
        ],
        new PruneReport(
            [
                new RunAction
                {
                    Distribution = "debian12",
                    Cloud = "lyon",
                    ImageId = "0b6b",
                    ImageName = "Debian 12",
                    Kind = ActionKind.Hide,
                    Result = ActionResult.Planned,
                    Reason = "Older.",
                },
            ],
            ["lyon: no."]));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("imgsync-reports-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private FolderDocumentStore Store => new(_folder.FullName);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_report_for_programs_is_as_its_schema_says()
    {
        var schema = await JsonSchema.FromFileAsync(Checkout.File("docs/schema/report.schema.json"), Cancel);
        var json = JsonSerializer.Serialize(Report, ReportSchema.Form);

        Assert.Empty(schema.Validate(json).Select(complaint => complaint.ToString()));
        Assert.NotEmpty(schema.Validate(json.Replace("\"planned\"", "\"perhaps\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_report_has_the_form_that_it_always_had()
    {
        await new ReportStore(Store).SaveAsync(Report, Cancel);

        Assert.Equal(Document.ReplaceLineEndings(""), await TextAsync($"reports/{Report.Run}.json"));
        Assert.Equal(Document.ReplaceLineEndings(""), await TextAsync("reports/last.json"));
        Assert.Equivalent(Report, await new ReportStore(Store).FindLastAsync(Cancel), strict: true);
    }

    /// <summary>As it was stored before words had one spelling: <c>UpToDate</c>.</summary>
    [Fact]
    public async Task A_report_and_a_standing_in_the_old_spelling_are_still_read()
    {
        const string Old = """
            {"Run":"20240717T181100Z-3f9a","StartedAt":"2024-07-17T18:11:00+00:00","FinishedAt":"2024-07-17T18:12:00+00:00","DryRun":false,"Outcomes":[
            {"Distribution":"debian12","Cloud":"lyon","Kind":"UpToDate","Reason":"It is.","Revision":"20240717-1811",
            "Actions":[{"Distribution":"debian12","Cloud":"lyon","Kind":"MakeCommunity","ImageId":"1","ImageName":"a","Result":"HiddenInstead","Reason":"Older."}],
            "BytesDownloaded":0,"BytesUploaded":0,"Seconds":{"Resolve":0.25,"Settle":1}},
            {"Distribution":"debian13","Cloud":"lyon","Kind":"WouldPublish","Reason":"New."}],"Pruning":{"Actions":[],"Failures":[]}}
            """;
        const string OldStanding = """
            {"Images":[{"Distribution":"debian12","Cloud":"lyon","Wrong":{"Run":"a","Since":"2024-07-17T18:11:00+00:00",
            "At":"2024-07-17T18:11:00+00:00","Kind":"Refused","Failure":"refused","Reason":"No."}}],
            "Runs":[{"Run":"a","StartedAt":"2024-07-17T18:11:00+00:00","FinishedAt":"2024-07-17T18:12:00+00:00","DryRun":false,"Complete":true,
            "Cancelled":false,"IsGood":false,"Outcomes":{"Refused":1,"UpToDate":2},"Removed":0,"Bytes":0}],"CleanUpFailures":[]}
            """;
        await SaveAsync(Old);
        await Store.SaveAsync("reports/standing.json", Encoding.UTF8.GetBytes(OldStanding), Cancel);

        var reports = new ReportStore(Store);
        var last = (await reports.FindLastAsync(Cancel))!;
        var standing = await reports.StandingAsync(Cancel);
        await reports.SaveAsync(last, Cancel);

        Assert.Equal([OutcomeKind.UpToDate, OutcomeKind.WouldPublish], last.Outcomes.Select(outcome => outcome.Kind));
        Assert.Equal((0.25, 1), (last.Outcomes[0].Seconds[SyncStage.Resolve], last.Outcomes[0].Seconds[SyncStage.Settle]));
        var action = Assert.Single(last.Outcomes[0].Actions);
        Assert.Equal((ActionKind.MakeCommunity, ActionResult.HiddenInstead), (action.Kind, action.Result));
        Assert.Equal(("refused", 2), (Assert.Single(standing.Images).State, Assert.Single(standing.Runs).Outcomes[OutcomeKind.UpToDate]));
        var anew = await TextAsync("reports/last.json") + await TextAsync("reports/standing.json");
        Assert.Contains("\"Outcomes\":{\"refused\":1,\"up-to-date\":2}", anew, StringComparison.Ordinal);
        Assert.DoesNotMatch("\"(UpToDate|WouldPublish|MakeCommunity|HiddenInstead|Refused|Resolve)\"", anew);
    }

    [Fact]
    public async Task The_parts_of_a_long_run_have_the_form_of_a_reports_outcomes()
    {
        await new ReportStore(Store).SavePartAsync(Report.Run, 2, Report.Outcomes, Cancel);

        Assert.Contains(await TextAsync($"reports/{Report.Run}/0002.json"), Document.ReplaceLineEndings(""), StringComparison.Ordinal);
        Assert.Equivalent(Report.Outcomes, await new ReportStore(Store).LoadPartsAsync(Report.Run, [2], Cancel), strict: true);
    }

    [Fact]
    public async Task What_an_outcome_of_another_version_lacks_or_has_beyond_ours_does_no_harm()
    {
        await SaveAsync("""{"Run":"a","More":{"a":[1]},"Outcomes":[{"Distribution":"debian12","Cloud":"","Kind":"staged","Reason":"New.","More":1}]}""");

        var report = await new ReportStore(Store).FindLastAsync(Cancel);

        var outcome = Assert.Single(report!.Outcomes);
        Assert.Equal((OutcomeKind.Staged, 0, null), (outcome.Kind, outcome.BytesDownloaded, outcome.Content));
        Assert.Empty(outcome.Actions);
        Assert.Empty(outcome.Seconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"x\":1}")]
    [InlineData("{\"Run\":\"a\",\"Outcomes\":null}")]
    [InlineData("{\"Run\":\"a\",\"Outcomes\":[null]}")]
    [InlineData("{\"Run\":\"a\",")]
    [InlineData("{\"Run\":1}")]
    [InlineData("{\"Outcomes\":[{\"Distribution\":\"debian12\"}]}")]
    [InlineData("{\"Outcomes\":[{\"Distribution\":\"debian12\",\"Cloud\":\"\",\"Kind\":\"Lost\",\"Reason\":\"\"}]}")]
    public async Task What_is_no_report_is_named_and_not_taken_for_one(string document)
    {
        await SaveAsync(document);

        var failure = await Assert.ThrowsAsync<StagingException>(() => new ReportStore(Store).FindLastAsync(Cancel));

        Assert.Contains("reports/last.json failed: it is no report", failure.Message, StringComparison.Ordinal);
    }

    private Task SaveAsync(string document) => Store.SaveAsync("reports/last.json", Encoding.UTF8.GetBytes(document), Cancel);

    private Task<string> TextAsync(string document) => File.ReadAllTextAsync(Path.Combine(_folder.FullName, document), Cancel);
}

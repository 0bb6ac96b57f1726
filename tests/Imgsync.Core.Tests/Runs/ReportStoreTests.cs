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
        {"Distribution":"debian12","Cloud":"lyon","Kind":"Published","Reason":"\u003CNew\u003E, \u00E9t\u00E9 \u0022now\u0022.","Failure":null,"Revision":"20240717-1811",
        "ImageId":"0b6c","ImageName":"Debian 12","Actions":[],"BytesDownloaded":5000000000,"BytesUploaded":7,
        "Content":{"Length":6,"Sha256":"sha256:0000000000000000000000000000000000000000000000000000000000000000",
        "Sha512":"sha512:00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"},
        "Provenance":"digest over HTTPS, not signed","Seconds":{"Resolve":0.25,"Transfer":12}},
        {"Distribution":"debian13","Cloud":"","Kind":"Failed","Reason":"No.","Failure":"upstream","Revision":null,
        "ImageId":null,"ImageName":null,"Actions":[],"BytesDownloaded":0,"BytesUploaded":0,"Content":null,"Provenance":null,"Seconds":{}}],
        "Pruning":{"Actions":[{"Distribution":"debian12","Cloud":"lyon","Kind":"Hide","ImageId":"0b6b","ImageName":"Debian 12","Result":"Planned","Reason":"Older."}],"Failures":["lyon: no."]}}
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
        Assert.NotEmpty(schema.Validate(json.Replace("\"Planned\"", "\"Perhaps\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_report_has_the_form_that_it_always_had()
    {
        await new ReportStore(Store).SaveAsync(Report, Cancel);

        Assert.Equal(Document.ReplaceLineEndings(""), await TextAsync($"reports/{Report.Run}.json"));
        Assert.Equal(Document.ReplaceLineEndings(""), await TextAsync("reports/last.json"));
        Assert.Equivalent(Report, await new ReportStore(Store).FindLastAsync(Cancel), strict: true);
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

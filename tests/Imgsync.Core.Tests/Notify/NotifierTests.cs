using System.Net.Mime;
using System.Text.Json.Nodes;
using CloudNative.CloudEvents.SystemTextJson;
using Imgsync.Core.Configuration;
using Imgsync.Core.Notify;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Staging.Folders;
using Imgsync.Testing;
using Imgsync.Testing.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NJsonSchema;
using StandardWebhooks;

namespace Imgsync.Core.Tests.Notify;

/// <summary>Messages on their way to a receiver on a real socket.</summary>
public sealed class NotifierTests : IDisposable
{
    /// <summary>The path, the query, the key and the token of every receiver here.</summary>
    private const string Mark = "marked5secret17";

    /// <summary>Shows up again in bytes that a careless client would write differently.</summary>
    private const string Path = $"/hook/{Mark}%2Fa/%7Bb%7D?sig={Mark}%2B%3D&v=1";

    private const string Key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static readonly DateTimeOffset Now = new(2024, 7, 17, 18, 11, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("imgsync-notify-");
    private readonly CapturedLog _log = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_program_gets_a_signed_cloud_event_for_each_occasion()
    {
        await using var server = new ScriptedServer().Always("POST", Path, Answer.Of(204));
        var receiver = new NotifyOptions { Url = Hook(server), Secret = new Secret(Key) };

        await TellAsync(receiver, Report());

        Assert.Equal(2, server.Requests.Count);
        var schema = await JsonSchema.FromFileAsync(Checkout.File("docs/schema/notify-event.schema.json"), Cancel);
        var page = await File.ReadAllTextAsync(Checkout.File("docs/notify.md"), Cancel);
        var example = page[page.IndexOf("    {\n      \"specversion\"", StringComparison.Ordinal)..];
        Assert.Empty(schema.Validate(example[..(example.IndexOf("\n    }\n", StringComparison.Ordinal) + 7)]));
        foreach (var request in server.Requests)
        {
            Assert.Empty(schema.Validate(request.Text));

            // The event is read by CloudEvents' own library, and the signature by that of Standard Webhooks.
            var read = new JsonEventFormatter().DecodeStructuredModeMessage(request.Body, new ContentType(request["Content-Type"]!), null);
            Assert.True(read.IsValid);
            Assert.Equal("application/cloudevents+json", request["Content-Type"]);
            Assert.Equal((read.Id, read.Subject), (request["webhook-id"], "20240717T181100Z-3f9a"));
            Assert.Equal(Now, read.Time);
            Assert.Matches("^/imgsync/[0-9a-f]{32}$", read.Source!.OriginalString);
            new StandardWebhook(Key).Verify(request.Text, Headers(request));
            Assert.ThrowsAny<Exception>(() => new StandardWebhook(Key).Verify(request.Text + " ", Headers(request)));
        }

        var events = server.Requests.Select(request => JsonNode.Parse(request.Text)!).ToDictionary(sent => (string)sent["type"]!);
        var failed = events["imgsync.run.failure"]["data"]!["items"]![0]!;
        Assert.Equal(
            ("debian12", "east", "cloud-unavailable", "Glance answered 503 <b>\"&\"</b>."),
            ((string?)failed["distribution"], (string?)failed["cloud"], (string?)failed["failure"], (string?)failed["reason"]));
        Assert.Equal("20240717-1811", (string?)events["imgsync.run.published"]["data"]!["items"]![0]!["revision"]);
    }

    [Fact]
    public async Task Slack_gets_blocks_of_plain_text()
    {
        var (request, body) = await SentAsync(MessageForm.Slack, "POST", Path);

        Assert.Equal("application/json", request["Content-Type"]);
        Assert.Equal("Imgsync: 1 failed, 1 published", (string?)body["text"]);
        Assert.Equal(
            [
                "header Imgsync: 1 failed, 1 published",
                "section failed: debian12 in east: Glance answered 503 <b>\"&\"</b>.",
                "section published: ubuntu24 in west, Ubuntu 24.04",
                "section Run 20240717T181100Z-3f9a",
            ],
            body["blocks"]!.AsArray().Select(block => $"{block!["type"]} {block["text"]!["text"]}"));
        Assert.All(body["blocks"]!.AsArray(), block => Assert.Equal("plain_text", (string?)block!["text"]!["type"]));
    }

    [Fact]
    public async Task Teams_gets_a_card_whose_text_is_no_markup()
    {
        var (_, body) = await SentAsync(MessageForm.Teams, "POST", Path);

        var attachment = body["attachments"]!.AsArray().Single()!;
        Assert.Equal(
            ("message", "application/vnd.microsoft.card.adaptive", "AdaptiveCard"),
            ((string?)body["type"], (string?)attachment["contentType"], (string?)attachment["content"]!["type"]));
        var paragraphs = attachment["content"]!["body"]!.AsArray();
        Assert.All(paragraphs, paragraph => Assert.Equal("RichTextBlock", (string?)paragraph!["type"]));
        Assert.Equal("failed: debian12 in east: Glance answered 503 <b>\"&\"</b>.", (string?)paragraphs[1]!["inlines"]![0]!["text"]);
    }

    [Fact]
    public async Task A_Matrix_room_gets_a_notice_once_per_run()
    {
        const string Room = "/_matrix/client/v3/rooms/%21room%3Amatrix.example/send/m.room.message/imgsync-20240717T181100Z-3f9a";

        var (request, body) = await SentAsync(MessageForm.Matrix, "PUT", Room);

        Assert.Equal($"Bearer {Mark}", request["Authorization"]);
        Assert.Equal("m.notice", (string?)body["msgtype"]);
        Assert.StartsWith("Imgsync: 1 failed, 1 published\nfailed: debian12 in east: ", (string?)body["body"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_may_pass_is_sent_again_with_the_same_id_and_nothing_secret_is_logged()
    {
        await using var server = new ScriptedServer()
            .On("POST", Path, Answer.Of(503), Answer.Hangup, Answer.Of(200));
        var receiver = new NotifyOptions { Url = Hook(server), Secret = new Secret(Key), On = [Occasion.Failure] };

        await TellAsync(receiver, Report());

        Assert.Equal(3, server.Requests.Count);
        Assert.Single(server.Requests.Select(request => (request["webhook-id"], request.Text)).Distinct());
        var log = string.Join('\n', _log.Lines);
        Assert.Contains($"Warning: POST {server.Url.GetLeftPart(UriPartial.Authority)}: 503", log, StringComparison.Ordinal);
        Assert.DoesNotContain(Mark, log, StringComparison.Ordinal);
        Assert.DoesNotContain("/hook", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(503, true, "it answered 503 ServiceUnavailable")]
    [InlineData(429, true, "it answered 429 TooManyRequests")]
    [InlineData(302, false, "redirects are not followed")]
    [InlineData(401, false, "check its token or signing secret")]
    [InlineData(410, false, "may have been taken back")]
    [InlineData(400, false, "check that its form is the one")]
    [InlineData(0, true, "cannot be reached (ConnectionRe")]
    public async Task A_failure_says_whether_it_may_pass_and_shows_the_host_only(int status, bool mayPass, string told)
    {
        // Without waits: the answer asks for none.
        await using var server = new ScriptedServer().Always(
            "POST", Path, status == 0 ? Answer.Hangup : Answer.Redirect($"http://127.0.0.1:1/{Mark}", status).With("Retry-After", "0"));
        var receiver = new NotifyOptions { Url = Hook(server), Form = MessageForm.Slack };

        var failure = await Assert.ThrowsAnyAsync<ImgsyncException>(() => TellAsync(receiver, Report()));

        Assert.Equal(mayPass, failure is RetriableException);
        Assert.StartsWith($"Cannot tell notify[0] (slack at {server.Url.Authority}): ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(told, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Mark, failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_log.Lines, line => line.Contains(Mark, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_receiver_that_says_nothing_is_waited_for_as_long_as_the_settings_say()
    {
        await using var server = new ScriptedServer().Always("POST", Path, Answer.Silence);
        var receiver = new NotifyOptions { Url = Hook(server), Form = MessageForm.Teams, Timeout = TimeSpan.FromMilliseconds(50) };

        var failure = await Assert.ThrowsAsync<ReceiverUnavailableException>(() => TellAsync(receiver, Report()));

        Assert.Contains("it did not answer within 50 ms", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receivers_certificate_is_trusted_by_its_own_authorities_or_by_those_of_the_settings_and_by_no_others()
    {
        using var certificate = TestCertificate.Create();
        var file = System.IO.Path.Combine(_folder.FullName, "ca.pem");
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem(), Cancel);
        await using var server = new ScriptedServer(certificate).Always("POST", Path, Answer.Of(200));
        var receiver = new NotifyOptions { Url = Hook(server), Form = MessageForm.Slack };

        var failure = await Assert.ThrowsAsync<ReceiverRefusedException>(() => TellAsync(receiver, Report()));
        await TellAsync(receiver with { CaFile = file }, Report());
        await TellAsync(receiver with { CaPem = certificate.ExportCertificatePem() }, Report());
        await TellAsync(receiver, Report(), new UpstreamOptions { CaFile = file });

        Assert.Contains("no TLS with it that we trust", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_run_of_two_thousand_failures_fits_every_receiver_and_says_how_many_it_left_out()
    {
        var reason = string.Concat(Enumerable.Repeat("\U0001F4A5\"\\é", 200));
        var failed = Outcome(OutcomeKind.Failed) with { Reason = reason };
        var report = Report() with { Outcomes = [.. Enumerable.Range(0, 2000).Select(number => failed with { Distribution = $"d{number}" })] };

        var (slack, blocks) = await SentAsync(MessageForm.Slack, "POST", Path, report);
        var (teams, _) = await SentAsync(MessageForm.Teams, "POST", Path, report);
        var (cloudEvent, events) = await SentAsync(MessageForm.Cloudevents, "POST", Path, report);

        Assert.InRange(blocks["blocks"]!.AsArray().Count, 3, 50);
        Assert.All(blocks["blocks"]!.AsArray(), block => Assert.InRange(((string?)block!["text"]!["text"])!.Length, 1, 3000));
        Assert.InRange(slack.Body.Length, 1, 40_000);
        Assert.InRange(teams.Body.Length, 1, 28 * 1024);
        Assert.InRange(cloudEvent.Body.Length, 1, 256 * 1024);
        Assert.Equal((100, 1900), (events["data"]!["items"]!.AsArray().Count, (int)events["data"]!["omitted"]!));
        Assert.Contains(" more, which the report has", slack.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_run_has_to_tell_is_known_to_another_process_and_after_its_report_is_stored_again()
    {
        await using var server = new ScriptedServer().Always("POST", Path, Answer.Of(200));
        var receiver = new NotifyOptions { Url = Hook(server), Form = MessageForm.Slack };
        var (reports, report) = (new ReportStore(Store), Report());
        var quiet = report with { Run = RunId.Parse("20240717T191100Z-3f9a"), Outcomes = [Outcome(OutcomeKind.UpToDate)] };

        var due = await CollectAsync(Notifier(receiver), report);
        await reports.SaveAsync(report, Cancel);
        var again = await CollectAsync(Notifier(receiver), report);
        await Notifier(receiver).SendAsync(report.Run, place: 0, Cancel);
        await Notifier(receiver).SendAsync(report.Run, place: 7, Cancel); // the settings have fewer by now
        var recovered = await CollectAsync(Notifier(receiver), quiet);
        await reports.SaveAsync(quiet, Cancel);

        Assert.All([due, again, recovered], receivers => Assert.Equal([0], receivers));
        Assert.Empty(await CollectAsync(Notifier(receiver), quiet with { Run = RunId.Parse("20240717T201100Z-3f9a") }));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_warning_is_added_to_a_report_once()
    {
        var (reports, report) = (new ReportStore(Store), Report());
        await reports.SaveAsync(report, Cancel);

        await reports.WarnAsync(report.Run, "Cannot tell notify[0].", Cancel);
        await reports.WarnAsync(report.Run, "Cannot tell notify[0].", Cancel);
        await reports.WarnAsync(RunId.Parse("unknown"), "Cannot tell notify[0].", Cancel);

        Assert.Equal(["Cannot tell notify[0]."], (await reports.FindAsync(report.Run, Cancel))!.Warnings);
        Assert.Equal(["Cannot tell notify[0]."], (await reports.FindLastAsync(Cancel))!.Warnings);
    }

    private FolderDocumentStore Store => new(_folder.FullName);

    private static Secret Hook(ScriptedServer server) => new(server.Url.GetLeftPart(UriPartial.Authority) + Path);

    private Notifier Notifier(NotifyOptions receiver, UpstreamOptions? upstream = null) => new(
        new ImgsyncOptions { Notify = [receiver], Upstream = upstream ?? new UpstreamOptions() },
        new Outbox(Store), new Installation(Store), TimeProvider.System, ((ILoggerFactory)_log).CreateLogger<Notifier>());

    private async Task<IReadOnlyList<int>> CollectAsync(Notifier notifier, SyncReport report) =>
        await notifier.CollectAsync(await new ReportStore(Store).StandingAsync(Cancel), report, Cancel);

    private async Task TellAsync(NotifyOptions receiver, SyncReport report, UpstreamOptions? upstream = null)
    {
        var notifier = Notifier(receiver, upstream);
        await notifier.CollectAsync(Standing.Unknown, report, Cancel);
        await notifier.SendAsync(report.Run, place: 0, Cancel);
    }

    private async Task<(ScriptedRequest Request, JsonNode Body)> SentAsync(
        MessageForm form, string method, string target, SyncReport? report = null)
    {
        await using var server = new ScriptedServer().Always(method, target, Answer.Of(200));
        var receiver = new NotifyOptions { Url = Hook(server), Form = form };
        if (form is MessageForm.Matrix)
            receiver = receiver with { Url = new Secret(server.Url.AbsoluteUri), Room = "!room:matrix.example", Token = new Secret(Mark) };

        await TellAsync(receiver, report ?? Report());

        var request = Assert.Single(server.Requests);
        return (request, JsonNode.Parse(request.Text)!);
    }

    private static HeaderDictionary Headers(ScriptedRequest request)
    {
        var headers = new HeaderDictionary();
        foreach (var name in (string[])["webhook-id", "webhook-timestamp", "webhook-signature"])
            headers[name] = request[name];
        return headers;
    }

    private static SyncReport Report() => new(
        RunId.Parse("20240717T181100Z-3f9a"), Now.AddMinutes(-5), Now, DryRun: false,
        [
            Outcome(OutcomeKind.Failed),
            Outcome(OutcomeKind.Published) with { Distribution = "ubuntu24", Cloud = "west", ImageName = "Ubuntu 24.04" },
        ],
        PruneReport.Nothing)
    {
        Complete = true,
    };

    private static ImageOutcome Outcome(OutcomeKind kind) => new()
    {
        Distribution = "debian12",
        Cloud = "east",
        Kind = kind,
        Failure = kind is OutcomeKind.Failed ? "cloud-unavailable" : null,
        Reason = "Glance answered 503 <b>\"&\"</b>.",
        Revision = "20240717-1811",
    };
}

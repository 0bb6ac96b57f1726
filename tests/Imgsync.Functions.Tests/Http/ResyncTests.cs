using System.Text;
using Imgsync.Core;
using Imgsync.Core.Staging;
using Imgsync.Functions.Workflow;
using Imgsync.Testing;
using Microsoft.DurableTask.Client;

namespace Imgsync.Functions.Tests.Http;

public sealed class ResyncTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    public async Task Nothing_in_the_body_asks_for_everything(string body)
    {
        var response = await _app.ResyncAsync(body);

        Assert.Equal(202, response.Status);
        Assert.Equal(
            (0, 0, false, false),
            (_app.Started.Request.Distributions.Count, _app.Started.Request.Clouds.Count, _app.Started.Request.Force,
                _app.Started.Request.DryRun));
    }

    [Fact]
    [Shows("the-answer-names-the-run-and-our-own-status-route")]
    public async Task The_answer_names_the_run_and_our_own_status_route()
    {
        var response = await _app.ResyncAsync();

        var run = response.Json.GetProperty("run").GetString();
        Assert.Equal(_app.Started.Run.ToString(), run);
        Assert.Equal($"/api/runs/{run}", response.Http.Headers.Location);
        Assert.DoesNotContain("code=", response.Text, StringComparison.Ordinal);
        Assert.Equal(
            (nameof(SyncOrchestrator), SyncOrchestrator.InstanceId),
            (_app.Client.Scheduled[0].Orchestrator, _app.Client.Scheduled[0].InstanceId));
    }

    [Fact]
    public async Task What_is_asked_for_reaches_the_run()
    {
        await _app.ResyncAsync("""{ "distributions": ["debian12", "debian13"], "clouds": ["west"], "force": true, "dryRun": true }""");

        var request = _app.Started.Request;
        Assert.Equal("debian12 debian13 west", string.Join(' ', request.Distributions.Concat(request.Clouds)));
        Assert.True(request.Force);
        Assert.True(request.DryRun);
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Running)]
    [InlineData(OrchestrationRuntimeStatus.Pending)]
    [InlineData(OrchestrationRuntimeStatus.Suspended)]
    public async Task While_a_run_is_under_way_the_answer_is_its_id(OrchestrationRuntimeStatus status)
    {
        _app.Client.Has(status, TestApp.StartOf(TestApp.OlderRun));

        var response = await _app.ResyncAsync();

        Assert.Equal(409, response.Status);
        Assert.Equal(TestApp.OlderRun, response.Json.GetProperty("run").GetString());
        Assert.Empty(_app.Client.Scheduled);
    }

    [Fact]
    public async Task While_somebody_else_holds_the_lock_the_answer_is_their_run()
    {
        using var other = _app.OtherProcess();
        await other.AcquireAsync(RunId.Parse(TestApp.OlderRun), TestContext.Current.CancellationToken);

        var response = await _app.ResyncAsync();

        Assert.Equal(409, response.Status);
        Assert.Equal(TestApp.OlderRun, response.Json.GetProperty("run").GetString());
        Assert.Empty(_app.Client.Scheduled);
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Completed)]
    [InlineData(OrchestrationRuntimeStatus.Failed)]
    [InlineData(OrchestrationRuntimeStatus.Terminated)]
    public async Task A_run_that_has_ended_is_in_nobodys_way(OrchestrationRuntimeStatus status)
    {
        _app.Client.Has(status, TestApp.StartOf(TestApp.OlderRun));

        var response = await _app.ResyncAsync();

        Assert.Equal(202, response.Status);
    }

    [Theory]
    [InlineData("{", "The body is not JSON at line 1, byte 2: ")]
    [InlineData("{} {}", "The body is not JSON at line 1, byte 4: ")]
    [InlineData("{}\n\nand", "The body is not JSON at line 3, byte 1: ")]
    [InlineData("[1] 2", "The body is not JSON at line 1, byte 5: ")]
    [InlineData("  ", "The body is not JSON at line 1, byte 3: ")]
    [InlineData("{ \"force\": true, }", "The body is not JSON at line 1, byte 18: ")]
    [InlineData("{ /* all */ }", "The body is not JSON at line 1, byte 3: ")]
    [InlineData("{ \"clouds\": [\"a\tb\"] }", "The body is not JSON at line 1, byte 16: ")]
    [InlineData("[\"debian12\"]", "The body is a JSON object")]
    [InlineData("{ \"clouds\": [\"east\", 1, [\"east\"], {}] }", "Key clouds is a list of names.")]
    [InlineData("{ \"force\": {} }", "Key force is true or false.")]
    [InlineData("{\n\"clouds\": [], \"cl\\u006fuds\": [] }", "Key clouds stands twice, the second time at line 2, byte 15.")]
    [InlineData("""{ "force": true, "force": false }""", "Key force stands twice, the second time at line 1, byte 18.")]
    [InlineData("[]", "The body is a JSON object")]
    [InlineData("""{ "distribution": ["debian12"] }""", "Key distribution is not known")]
    [InlineData("""{ "DryRun": true }""", "Key DryRun is not known")]
    [InlineData("""{ "force": "yes" }""", "Key force is true or false.")]
    [InlineData("""{ "clouds": "east" }""", "Key clouds is a list of names.")]
    [InlineData("""{ "clouds": [""] }""", "Key clouds is a list of names.")]
    [InlineData("""{ "distributions": ["debian99"] }""", "Distribution debian99 is not in the catalogue")]
    [InlineData("""{ "clouds": ["north"] }""", "Cloud north is not configured")]
    public async Task A_request_that_cannot_be_met_is_refused_with_its_fault(string body, string fault)
    {
        var response = await _app.ResyncAsync(body);

        Assert.Equal((400, "application/problem+json"), (response.Status, response.Http.ContentType));
        Assert.Contains(fault, response.Faults, StringComparison.Ordinal);
        Assert.Empty(_app.Client.Scheduled);
    }

    [Theory]
    [Shows("text-that-is-none-is-refused-with-its-place")]
    [InlineData("{ \"clouds\": [\"\\ud800\"] }", "Key clouds has half a character in the text at line 1, byte 14, a ")]
    [InlineData("{ \"clouds\": [\"east\",\n\"\\udc00x\"] }", "Key clouds has half a character in the text at line 2, byte 1, a ")]
    [InlineData("{ \"clouds\": [\"\\udc00\\ud800\"] }", "Key clouds has half a character in the text at line 1, byte 14, a ")]
    [InlineData("{ \"distributions\": [\"a\\uDBFF\\u0061\"] }", "Key distributions has half a character in the text at line 1, byte 21, a ")]
    [InlineData("{ \"\\ud800\": 1 }", "The key at line 1, byte 3 has half a character, a ")]
    [InlineData("{\n \"force\": true, \"x\\udc00\": {\"a\": [1]} }", "The key at line 2, byte 17 has half a character, a ")]
    public async Task Half_a_character_is_refused_with_its_place_and_its_key(string body, string fault)
    {
        var response = await _app.ResyncAsync(body);

        Assert.Equal(400, response.Status);
        Assert.StartsWith(fault, Assert.Single(response.Faults.Split('\n'), line => line.Contains("half", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.EndsWith("without its other half: write the character itself.", response.Faults.Split('\n')[0], StringComparison.Ordinal);
        Assert.Empty(_app.Client.Scheduled);
    }

    [Theory]
    [Shows("text-that-is-none-is-refused-with-its-place")]
    [InlineData("{ \"clouds\": [\"caf?\"] }", "line 1, byte 18")]
    [InlineData("{\n\"cl?uds\": [] }", "line 2, byte 4")]
    [InlineData("?", "line 1, byte 1")]
    [InlineData("{}\n\n ?", "line 3, byte 2")]
    public async Task Bytes_that_are_no_utf8_are_refused_with_their_place(string body, string place)
    {
        foreach (var odd in (byte[][])[[0xE9], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xFF], [0x00]])
        {
            var bytes = Encoding.UTF8.GetBytes(body).SelectMany(letter => letter is (byte)'?' ? odd : [letter]);

            var response = await _app.ResyncAsync([.. bytes]);

            Assert.Equal((400, $"The body is not UTF-8 at {place}: send the JSON as UTF-8."), (response.Status, response.Faults));
            Assert.Empty(_app.Client.Scheduled);
        }
    }

    [Fact]
    [Shows("text-that-is-none-is-refused-with-its-place")]
    public async Task A_body_in_utf16_is_refused_and_a_byte_order_mark_of_utf8_is_passed_over()
    {
        const string body = "{ \"dryRun\": true }";
        byte[][] odd = [Encoding.Unicode.GetBytes(body), Encoding.BigEndianUnicode.GetBytes(body), [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(body)]];

        foreach (var bytes in odd)
            Assert.Matches("^The body is not UTF-8 at line 1, byte [12]: send", (await _app.ResyncAsync(bytes)).Faults);
        Assert.Empty(_app.Client.Scheduled);
        Assert.Equal(202, (await _app.ResyncAsync([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(body)])).Status);
        Assert.True(_app.Started.Request.DryRun);
    }

    [Fact]
    public async Task A_character_in_two_halves_is_text()
    {
        var response = await _app.ResyncAsync("{ \"clouds\": [\"\\ud83d\\ude00\"] }");

        Assert.Contains("Cloud \U0001F600 is not configured", response.Faults, StringComparison.Ordinal);
    }

    [Fact]
    [Shows("every-fault-is-named-at-once")]
    public async Task Every_fault_is_named_at_once()
    {
        var response = await _app.ResyncAsync("""{ "colour": 1, "force": 1, "distributions": ["debian99"], "clouds": ["north", "west"] }""");

        Assert.Equal(4, response.Faults.Split('\n').Length);
        Assert.All(["colour", "force", "debian99", "north"], name => Assert.Contains(name, response.Faults, StringComparison.Ordinal));
    }

    [Fact]
    [Shows("a-body-of-64-ki-b-is-read-and-one-byte-more-is-refused")]
    public async Task A_body_of_64_KiB_is_read_and_one_byte_more_is_refused()
    {
        var longest = await _app.ResyncAsync("{}".PadRight(64 * 1024));
        var longer = await _app.ResyncAsync("{}".PadRight((64 * 1024) + 1));

        Assert.Equal((202, 400), (longest.Status, longer.Status));
        Assert.Contains("longer than 64 KiB", longer.Faults, StringComparison.Ordinal);
    }

    [Fact]
    [Shows("names-that-a-caller-made-up-come-back-escaped-and-short")]
    public async Task Names_that_a_caller_made_up_come_back_escaped_and_short()
    {
        var response = await _app.ResyncAsync($$"""{ "<script>alert(1)</script>{{new string('x', 5000)}}": 1 }""");

        Assert.DoesNotContain("<script>", response.Text, StringComparison.Ordinal);
        Assert.InRange(response.Text.Length, 1, 1000);
        Assert.Equal("nosniff", response.Http.Headers.XContentTypeOptions);
        Assert.Equal("no-store", response.Http.Headers.CacheControl);
    }

    [Theory]
    [Shows("every-answer-keeps-browsers-from-guessing-framing-caching-and-passing-on")]
    [InlineData("{}", 202)]
    [InlineData("no JSON", 400)]
    public async Task Every_answer_keeps_browsers_from_guessing_framing_caching_and_passing_on(string body, int status)
    {
        var response = await _app.ResyncAsync(body);

        var headers = response.Http.Headers;
        Assert.Equal(status, response.Status);
        Assert.Equal(
            ("no-store", "nosniff", "DENY", "max-age=31536000"),
            ((string?)headers.CacheControl, (string?)headers.XContentTypeOptions, (string?)headers.XFrameOptions,
                (string?)headers.StrictTransportSecurity));
        Assert.Equal("default-src 'none'; frame-ancestors 'none'", headers.ContentSecurityPolicy);
        Assert.Equal(
            ("no-referrer", "same-origin"), ((string?)headers["Referrer-Policy"], (string?)headers["Cross-Origin-Resource-Policy"]));
    }

    [Fact]
    [Shows("a-body-nested-deeper-than-any-request-is-refused")]
    public async Task A_body_nested_deeper_than_any_request_is_refused()
    {
        var response = await _app.ResyncAsync($"{{\"clouds\":{new string('[', 9)}{new string(']', 9)}}}");

        Assert.Equal(400, response.Status);
        Assert.Contains("The body is not JSON", response.Faults, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_could_not_be_scheduled_leaves_the_lock_to_the_next()
    {
        _app.Client.Failure = new StagingUnavailableException("The task hub does not answer.");
        var failed = await _app.ResyncAsync();
        _app.Client.Failure = null;
        using var other = _app.OtherProcess();
        var holder = await other.AcquireAsync(RunId.Parse(TestApp.OlderRun), TestContext.Current.CancellationToken);

        Assert.Equal(503, failed.Status);
        Assert.Equal("The task hub does not answer.", failed.Json.GetProperty("detail").GetString());
        Assert.Equal(RunId.Parse(TestApp.OlderRun), holder);
    }
}

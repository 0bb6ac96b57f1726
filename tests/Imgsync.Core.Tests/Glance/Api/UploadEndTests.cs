using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Core.Glance.Api;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Glance.Api;

/// <summary>How uploads end in front of proxies, balancers and Glances that take their time: by what Glance has, not by the answer.</summary>
public sealed class UploadEndTests
{
    private const string NginxPage =
        "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n<center><h1>413 Request Entity Too Large</h1></center>\r\n"
            + "<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n";

    private const string GlancesPage =
        "<html>\n <head>\n  <title>413 Request Entity Too Large</title>\n </head>\n <body>\n  <h1>413 Request Entity Too Large</h1>\n  "
            + "The provided image is too large.<br /><br />\n\n\n </body>\n</html>";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(502, "")]
    [InlineData(503, "<html><body><h1>503 Service Unavailable</h1></body></html>")]
    [InlineData(504, "<html><body><h1>504 Gateway Time-out</h1>\nThe server didn't respond in time.\n</body></html>\n")]
    [InlineData(524, "error code: 524")]
    public async Task A_gateways_answer_to_the_whole_body_is_no_failure_when_the_image_becomes_active(int status, string page)
    {
        await using var server = Glance(Answer.Of(status, page), "queued", "saving", "saving", "active");

        Assert.Equal("active", (await UploadAsync(server)).Status);
    }

    [Fact]
    public async Task A_connection_that_breaks_after_the_whole_body_is_no_failure_when_the_image_becomes_active()
    {
        await using var server = Glance(Answer.Hangup, "saving", "active");

        Assert.Equal("active", (await UploadAsync(server)).Status);
    }

    [Fact]
    public async Task A_glance_that_is_silent_after_the_whole_body_is_asked_too()
    {
        await using var server = Glance(Answer.Silence, "active");

        Assert.Equal("active", (await UploadAsync(server, cloud => cloud with { Timeout = TimeSpan.FromMilliseconds(400) })).Status);
    }

    [Theory]
    [InlineData("queued")]
    [InlineData("saving")]
    public async Task An_image_that_does_not_become_active_after_all_names_the_gateway_and_its_time_out(string status)
    {
        await using var server = Glance(Answer.Of(504), status);

        var failure = await Assert.ThrowsAsync<CloudUnavailableException>(() => UploadAsync(server, Impatient));

        Assert.Matches(
            $"^Cannot upload the content of image 1 on cloud 'scripted': 504 came [0-9.]+ m?s after the last byte, and the image was still {status} "
                + "400 ms later; .* \\(HAProxy: timeout server, nginx: proxy_read_timeout\\)\\.$",
            failure.Message);
    }

    [Fact]
    public async Task A_gateway_that_answers_nothing_else_either_is_given_up_on()
    {
        await using var server = new ScriptedServer().SigningIn()
            .On("GET", "/image/v2/images/1", [Answer.Json(ScriptedCloud.Image("1")),
                .. Enumerable.Repeat(Answer.Of(503).With("Retry-After", "0"), 5), Answer.Json(ScriptedCloud.Image("1", "active"))])
            .On("PUT", "/image/v2/images/1/file", Answer.Of(503));

        Assert.Equal("active", (await UploadAsync(server)).Status);
    }

    [Theory]
    [InlineData("queued")]
    [InlineData("saving")]
    [InlineData("importing")]
    [InlineData("uploading")]
    public async Task An_image_that_is_not_yet_active_after_a_good_answer_is_waited_for(string status)
    {
        await using var server = Glance(Answer.Of(204), status, status, "active");

        Assert.Equal("active", (await UploadAsync(server)).Status);
    }

    [Theory]
    [InlineData("queued")]
    [InlineData("saving")]
    [InlineData("importing")]
    public async Task An_image_that_does_not_become_active_in_time_names_the_setting(string status)
    {
        await using var server = Glance(Answer.Of(204), status);

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => UploadAsync(server, Impatient));

        Assert.Contains($"400 ms later the image was still {status}; raise clouds[].activationTimeout", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(204, "killed")]
    [InlineData(204, "pending_delete")]
    [InlineData(504, "deleted")]
    [InlineData(504, null)]
    public async Task An_image_that_is_lost_afterwards_is_not_waited_for(int status, string? state)
    {
        await using var server = Glance(Answer.Of(status), state);

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => UploadAsync(server));

        Assert.Contains($"it was {state ?? "gone"} afterwards", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(409)]
    [InlineData(507)]
    public async Task What_Glance_itself_answers_to_the_whole_body_is_the_end(int status)
    {
        await using var server = Glance(Answer.Of(status), "active");

        var failure = await Assert.ThrowsAnyAsync<ImgsyncException>(() => UploadAsync(server));

        Assert.Contains($"it answered {status}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_answers_before_the_whole_body_has_come_is_not_believed_to_have_passed_it_on()
    {
        await using var server = Glance(Answer.Of(504).BeforeReadingTheBody(), "active");

        var failure = await Assert.ThrowsAsync<CloudUnavailableException>(() => UploadAsync(server, length: 64 << 20));

        Assert.DoesNotContain("after the last byte", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(NginxPage, "nginx: client_max_body_size")]
    [InlineData("Payload Too Large", "nginx: client_max_body_size")]
    [InlineData("", "nginx: client_max_body_size")]
    [InlineData("<h1>Request Entity Too Large</h1>The requested resource /image/v2/images/1/file does not allow request data with PUT "
        + "requests, or the amount of data provided in the request exceeds the capacity limit.", "nginx: client_max_body_size")]
    [InlineData("""{"message":"Request size limit exceeded"}""", "nginx: client_max_body_size")]
    [InlineData(GlancesPage, "image_size_cap")]
    [InlineData("""{"message":"The provided image is too large.<br /><br />\n\n\n","code":"413 Request Entity Too Large"}""", "image_size_cap")]
    [InlineData("""{"message":"Denying attempt to upload image larger than 10 bytes.","code":"413 x","title":"x"}""", "image_size_cap")]
    [InlineData("""{"message":"Image exceeds the storage quota: 1 bytes remaining","code":"413 x"}""", "user_storage_quota")]
    [InlineData("""{"message":"Project p1 is over a limit for ['image_size_total']","code":"413 x"}""", "user_storage_quota")]
    [InlineData("""{"message":"Image storage media is full: no space left","code":"413 x"}""", "have Glance's store enlarged")]
    [InlineData("""{"message":"no","code":"413 Request Entity Too Large","title":"x"}""", "more than this cloud allows")]
    public async Task A_413_of_a_proxys_page_is_told_apart_from_Glances_own(string body, string advice)
    {
        await using var server = Glance(Answer.Of(413, body).BeforeReadingTheBody(), "queued");

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => UploadAsync(server));

        Assert.Contains(advice, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>The server answers while the body comes, and closes with most of it unread, which resets the connection.</summary>
    [Theory]
    [InlineData(403, """{"message":"You are not authorized to complete upload_image action.","code":"403 Forbidden","title":"Forbidden"}""", false,
        "give the user a role that the policy upload_image allows")]
    [InlineData(413, NginxPage, false, "nginx: client_max_body_size")]
    [InlineData(413, GlancesPage, true, "image_size_cap")]
    [InlineData(409, "", true, "something else works on it")]
    [InlineData(502, "", false, "the cloud's own logs tell why")]
    [InlineData(204, "", false, "the image was still queued")]
    public async Task What_is_said_midway_before_the_connection_breaks_is_told(int status, string said, bool isEncrypted, string advice)
    {
        using var certificate = isEncrypted ? TestCertificate.Create() : null;
        using var sent = new ManualResetEventSlim();
        await using var server = new ScriptedServer(certificate).SigningIn()
            .Always("PUT", "/image/v2/images/1/file", _ =>
            {
                sent.Wait(Cancellation);
                return (said.StartsWith('{') ? Answer.Json(said, status) : Answer.Of(status, said)).BeforeReadingTheBody();
            })
            .Always("GET", "/image/v2/images/1", Answer.Json(ScriptedCloud.Image("1")));
        using var connection = Connect.To(Impatient(ScriptedCloud.Options(server)) with { Insecure = isEncrypted });
        await using var body = new GeneratedStream(256 << 20)
        {
            OnRead = taken =>
            {
                if (taken > 0)
                    sent.Set();
                return Task.CompletedTask;
            },
        };

        var refusal = await Assert.ThrowsAnyAsync<ImgsyncException>(
            () => connection.Glance.UploadAsync("1", body, 256 << 20, Cancellation));

        Assert.Contains(advice, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("after the last byte", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_does_not_know_the_question_before_the_body_gets_it_without()
    {
        await using var server = new ScriptedServer().SigningIn()
            .Always("PUT", "/image/v2/images/1/file", request =>
                request["Expect"] is null ? Answer.Of(204) : Answer.Of(417).BeforeReadingTheBody())
            .Always("GET", "/image/v2/images/1", Answer.Json(ScriptedCloud.Image("1", "active")));

        Assert.Equal("active", (await UploadAsync(server, length: 100_000)).Status);
    }

    [Fact]
    public async Task Nor_is_it_asked_for_ever()
    {
        await using var server = new ScriptedServer().SigningIn()
            .Always("PUT", "/image/v2/images/1/file", Answer.Of(417).BeforeReadingTheBody())
            .Always("GET", "/image/v2/images/1", Answer.Json(ScriptedCloud.Image("1")));

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => UploadAsync(server, length: 100_000));

        Assert.Contains("it answered 417", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("queued", "", "ceph1,swift", "could not put it into ceph1, swift (os_glance_failed_import)")]
    [InlineData("uploading", null, "ceph1", "could not put it into ceph1 (os_glance_failed_import)")]
    [InlineData("queued", "ceph1", "swift", "raise clouds[].activationTimeout")] // ceph1 is still at work
    [InlineData("importing", null, "swift", "raise clouds[].activationTimeout")]
    [InlineData("queued", null, "", "raise clouds[].activationTimeout")]
    public async Task A_store_that_failed_is_told_and_not_waited_for(string status, string? importing, string failed, string told)
    {
        var image = ScriptedCloud.Image("1", status).TrimEnd('}') + $", \"os_glance_failed_import\": \"{failed}\""
            + (importing is null ? "}" : $", \"os_glance_importing_to_stores\": \"{importing}\"}}");
        await using var server = new ScriptedServer().SigningIn()
            .On("PUT", "/image/v2/images/1/file", Answer.Of(204))
            .Always("GET", "/image/v2/images/1", Answer.Json(image));

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => UploadAsync(server, Impatient));

        Assert.Contains(told, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_store_that_failed_does_not_matter_where_the_image_is_active()
    {
        await using var server = new ScriptedServer().SigningIn()
            .On("PUT", "/image/v2/images/1/file", Answer.Of(204))
            .Always("GET", "/image/v2/images/1", Answer.Json("""{ "id": "1", "status": "active", "os_glance_failed_import": "swift" }"""));

        Assert.Equal(["swift"], (await UploadAsync(server)).FailedStores);
    }

    /// <summary>A Glance whose image passes through these states after its upload, and stays in the last; null for none at all.</summary>
    private static ScriptedServer Glance(Answer toTheUpload, params string?[] states)
    {
        var asked = -1; // an upload asks for the image first
        return new ScriptedServer().SigningIn()
            .On("PUT", "/image/v2/images/1/file", toTheUpload)
            .Always("GET", "/image/v2/images/1", _ => asked++ < 0
                ? Answer.Json(ScriptedCloud.Image("1"))
                : states[Math.Min(asked, states.Length) - 1] is { } state ? Answer.Json(ScriptedCloud.Image("1", state)) : Answer.Of(404));
    }

    private static CloudOptions Impatient(CloudOptions cloud) => cloud with { ActivationTimeout = TimeSpan.FromMilliseconds(400) };

    private static async Task<GlanceImage> UploadAsync(
        ScriptedServer server, Func<CloudOptions, CloudOptions>? change = null, long length = 1000)
    {
        var cloud = ScriptedCloud.Options(server);
        using var connection = Connect.To(change?.Invoke(cloud) ?? cloud);
        return await connection.Glance.UploadAsync("1", new GeneratedStream(length), length, Cancellation);
    }
}

using Imgsync.Core.Glance;
using Imgsync.Core.Glance.Api;
using Imgsync.Testing;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Glance.Api;

/// <summary>What a real Glance does not do on demand.</summary>
public sealed class GlanceFaultsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_passing_failure_is_repeated_and_announced()
    {
        await using var server = new ScriptedServer().SigningIn().On("GET", "/image/v2/images/1",
            Answer.Hangup, Answer.Of(503).With("Retry-After", "0"), Answer.Json(ScriptedCloud.Image("1")).ClosedAfter(5), Answer.Json(
                ScriptedCloud.Image("1")));
        using var log = new CapturedLog();
        using var connection = Connect.To(ScriptedCloud.Options(server), log);

        var image = await connection.Glance.ShowAsync("1", Cancellation);

        Assert.Equal("queued", image!.Status);
        Assert.Equal(3, log.Warnings.Count);
    }

    /// <summary>The real Glance of these tests has no Ceph to say so of.</summary>
    [Theory]
    [InlineData(200, "ceph rbd default, spare file")]
    [InlineData(403, "ceph  default, spare ")]
    [InlineData(404, "ceph  default, spare ")]
    public async Task What_kind_the_stores_are_is_known_where_we_may_ask(int status, string told)
    {
        const string Plain = """{"stores":[{"id":"ceph","default":"true"},{"id":"spare","description":"old"}]}""";
        const string Detail =
            """{"stores":[{"id":"ceph","type":"rbd","default":"true","properties":{"pool":"images"}},{"id":"spare","type":"file","weight":0}]}""";
        await using var server = new ScriptedServer().SigningIn()
            .Always("GET", "/image/v2/info/stores/detail", status is 200 ? Answer.Json(Detail) : Answer.Of(status))
            .Always("GET", "/image/v2/info/stores", Answer.Json(Plain));
        using var connection = Connect.To(ScriptedCloud.Options(server));

        var stores = await connection.Glance.Stores.DescribeAsync(Cancellation);

        Assert.Equal(told, string.Join(", ", stores.Select(store => $"{store.Id} {store.Type}{(store.IsDefault ? " default" : "")}")));
    }

    [Fact]
    public async Task A_lasting_failure_is_told_in_one_sentence()
    {
        await using var server = new ScriptedServer().SigningIn().Always("DELETE", "/image/v2/images/1",
            Answer.Of(503, "<html><title>x</title><body><h1>No&nbsp;server</h1>\r\n is available</body></html>").With("Retry-After", "0"));
        using var connection = Connect.To(ScriptedCloud.Options(server));

        var failure = await Assert.ThrowsAsync<CloudUnavailableException>(() => connection.Glance.DeleteAsync("1", Cancellation));

        Assert.Equal(
            "Cannot delete image 1 on cloud 'scripted': it answered 503 Scripted \"No server is available\"; the cloud's own logs tell "
                + "why, and the next run tries again.",
            failure.Message);
        Assert.Equal(5, server.Requests.Count(request => request.Method is "DELETE"));
    }

    [Fact]
    public async Task A_create_whose_answer_got_lost_makes_one_image()
    {
        var image = Connect.NewImage("lost");
        var record = $$"""{"id":"{{image.Id}}","status":"queued","owner":"p1"}""";
        await using var server = new ScriptedServer().SigningIn()
            .On("POST", "/image/v2/images", Answer.Hangup, Answer.Json("""{"message":"Image ID already exists!"}""", 409))
            .On("GET", $"/image/v2/images/{image.Id}", Answer.Json(record));
        using var connection = Connect.To(ScriptedCloud.Options(server));

        var made = await connection.Glance.CreateAsync(image, Cancellation);

        Assert.Equal(image.Id.ToString(), made.Id);
    }

    [Fact]
    public async Task A_token_that_is_refused_twice_is_not_asked_for_a_third_time()
    {
        await using var server = new ScriptedServer().SigningIn().On("GET", "/image/v2/images/1", Answer.Of(401), Answer.Of(401));
        using var connection = Connect.To(ScriptedCloud.Options(server));

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Glance.ShowAsync("1", Cancellation));

        Assert.Contains("check that the endpoint belongs to this Keystone", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Count(request => request.Method is "POST"));
    }

    [Fact]
    public async Task An_upload_is_never_sent_twice()
    {
        await using var server = new ScriptedServer().SigningIn()
            .Always("GET", "/image/v2/images/1", Answer.Json(ScriptedCloud.Image("1")))
            .On("PUT", "/image/v2/images/1/file", Answer.Of(503).With("Retry-After", "0"));
        using var connection = Connect.To(ScriptedCloud.Options(server) with { ActivationTimeout = TimeSpan.FromMilliseconds(300) });

        await Assert.ThrowsAsync<CloudUnavailableException>(
            () => connection.Glance.UploadAsync("1", new GeneratedStream(1000), 1000, Cancellation));

        var upload = Assert.Single(server.Requests, request => request.Method is "PUT");
        Assert.Equal(("1000", "application/octet-stream", 1000), (upload["Content-Length"], upload["Content-Type"], upload.Body.Length));
    }

    [Fact]
    public async Task A_token_refused_before_the_first_byte_is_renewed_and_one_refused_later_is_not()
    {
        await using var server = new ScriptedServer().SigningIn()
            .Always("GET", "/image/v2/images/1", Answer.Json(ScriptedCloud.Image("1")))
            .On("PUT", "/image/v2/images/1/file", Answer.Of(401).BeforeReadingTheBody(), Answer.Of(401));
        using var connection = Connect.To(ScriptedCloud.Options(server));
        using var content = new GeneratedStream(5000);

        await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Glance.UploadAsync("1", content, 5000, Cancellation));

        var uploads = server.Requests.Where(request => request.Method is "PUT").ToList();
        Assert.Equal([0, 5000], uploads.Select(upload => upload.Body.Length));
        Assert.Equal(["scripted-token-1", "scripted-token-2"], uploads.Select(upload => upload["X-Auth-Token"]!), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("""<html>Sign in to our portal</html>""")]
    [InlineData("""{"id":"1"}""")]
    [InlineData("""["queued"]""")]
    [InlineData("""{"id":"1","status":"queued","name":"\ud83d"}""")]
    public async Task An_answer_that_is_no_image_is_refused(string body)
    {
        await using var server = new ScriptedServer().SigningIn().On("GET", "/image/v2/images/1", Answer.Json(body));
        using var connection = Connect.To(ScriptedCloud.Options(server));

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Glance.ShowAsync("1", Cancellation));

        Assert.Contains("is not what OpenStack's API says", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Shows("an-answer-beyond-32-mi-b-is-refused-at-once")]
    public async Task An_answer_beyond_32_MiB_is_refused_at_once()
    {
        await using var server = new ScriptedServer().SigningIn().On(
            "GET", "/image/v2/images/1", Answer.Of(200).Claiming(33L << 20).StalledAfter(0));
        using var connection = Connect.To(ScriptedCloud.Options(server));

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Glance.ShowAsync("1", Cancellation));

        Assert.Contains("larger than 32 MiB", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_next_link_never_leads_away_from_the_endpoint_nor_in_circles()
    {
        var page = $$"""{"images":[{{ScriptedCloud.Image("1")}}],"next":"http://thief.example/v2/images?marker=1"}""";
        await using var server = new ScriptedServer().SigningIn().On("GET", "/image/v2/images", Answer.Json(page), Answer.Json(page));
        using var connection = Connect.To(ScriptedCloud.Options(server));

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(
            async () => await connection.Glance.ListAsync(new ImageQuery(), Cancellation).ToListAsync(Cancellation));

        Assert.Contains("from page to page", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("/image/v2/images?marker=1", server.Requests[^1].Target);
    }

    [Fact]
    [Shows("a-redirect-is-not-followed")]
    public async Task A_redirect_is_not_followed()
    {
        await using var server = new ScriptedServer().SigningIn().On("GET", "/image/v2/images/1", Answer.Redirect("http://thief.example/"));
        using var connection = Connect.To(ScriptedCloud.Options(server));

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Glance.ShowAsync("1", Cancellation));

        Assert.Contains("redirects are not followed", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Custom_properties_are_the_strings_that_are_not_the_apis_own()
    {
        const string Record = """
            {"id":"1","status":"active","owner":"o","direct_url":"file:///x","stores":"s","locations":[],"os_glance_failed_import":"s",
             "virtual_size":null,"size":12,"schema":"/v2/schemas/image","source":"imgsync","count":3,"os_distro":"debian"}
            """;
        await using var server = new ScriptedServer().SigningIn().On("GET", "/image/v2/images/1", Answer.Json(Record));
        using var connection = Connect.To(ScriptedCloud.Options(server));

        var image = await connection.Glance.ShowAsync("1", Cancellation);

        Assert.Equal(["os_distro", "source"], image!.Properties.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }
}

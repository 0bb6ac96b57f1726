using Imgsync.Core.Glance;
using Imgsync.Core.Tests.Glance.Api;
using Imgsync.Testing;
using Imgsync.Testing.Http;
using Microsoft.Extensions.Time.Testing;

namespace Imgsync.Core.Tests.Glance.Keystone;

/// <summary>How long a token is kept and when a new one is asked for, with a clock of our own.</summary>
public sealed class KeystoneTokenTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_many_ask_Keystone_is_asked_once()
    {
        await using var server = new ScriptedServer().SigningIn(time: _time);
        using var connection = Connect.To(ScriptedCloud.Options(server), time: _time);

        var tokens = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => connection.Keystone.GetTokenAsync(Cancellation)));

        Assert.All(tokens, token => Assert.Same(tokens[0], token));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_expires()
    {
        await using var server = new ScriptedServer().SigningIn(TimeSpan.FromHours(1), _time);
        using var connection = Connect.To(ScriptedCloud.Options(server), time: _time);
        var first = await connection.Keystone.GetTokenAsync(Cancellation);

        _time.Advance(TimeSpan.FromMinutes(57));
        var kept = await connection.Keystone.GetTokenAsync(Cancellation);
        _time.Advance(TimeSpan.FromMinutes(2));
        var renewed = await connection.Keystone.GetTokenAsync(Cancellation);

        Assert.Same(first, kept);
        Assert.NotSame(first, renewed);
    }

    [Fact]
    public async Task An_upload_asks_for_a_token_with_half_its_life_ahead()
    {
        await using var server = new ScriptedServer().SigningIn(TimeSpan.FromHours(1), _time)
            .Always("GET", "/image/v2/images/1", Answer.Json(ScriptedCloud.Image("1", "active")))
            .Always("PUT", "/image/v2/images/1/file", Answer.Of(204));
        using var connection = Connect.To(ScriptedCloud.Options(server), time: _time);
        await connection.Keystone.GetTokenAsync(Cancellation);

        _time.Advance(TimeSpan.FromMinutes(31));
        await connection.Glance.ShowAsync("1", Cancellation);
        await connection.Glance.UploadAsync("1", new GeneratedStream(10), 10, Cancellation);

        Assert.Equal("scripted-token-1", server.Requests[1]["X-Auth-Token"]);
        Assert.Equal("scripted-token-2", server.Requests[^1]["X-Auth-Token"]);
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(3)]
    public async Task A_clock_that_is_hours_off_changes_nothing(int hours)
    {
        var theirs = new FakeTimeProvider(_time.GetUtcNow().AddHours(hours));
        await using var server = new ScriptedServer().SigningIn(TimeSpan.FromHours(1), theirs);
        using var connection = Connect.To(ScriptedCloud.Options(server), time: _time);

        var first = await connection.Keystone.GetTokenAsync(Cancellation);
        var second = await connection.Keystone.GetTokenAsync(Cancellation);

        Assert.Same(first, second);
        Assert.Equal(_time.GetUtcNow().AddHours(1), first.ExpiresAt);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(theirs.GetUtcNow().AddMinutes(5), await connection.Keystone.GetTimeAsync(Cancellation));
    }

    [Fact]
    public async Task Only_the_token_that_was_refused_is_forgotten()
    {
        await using var server = new ScriptedServer().SigningIn(time: _time);
        using var connection = Connect.To(ScriptedCloud.Options(server), time: _time);
        var first = await connection.Keystone.GetTokenAsync(Cancellation);

        connection.Keystone.Invalidate(first);
        var second = await connection.Keystone.GetTokenAsync(Cancellation);
        connection.Keystone.Invalidate(first);

        Assert.Same(second, await connection.Keystone.GetTokenAsync(Cancellation));
    }

    [Theory]
    [Shows("a-version-document-never-leads-the-password-to-another-host")]
    [InlineData("http://elsewhere.example:5000/identity/v3/")]
    [InlineData("/identity/v3")]
    public async Task A_version_document_never_leads_the_password_to_another_host(string href)
    {
        var document = $$$"""{"versions":{"values":[{"id":"v2.0","links":[]},{"id":"v3.14","links":[{"rel":"self","href":"{{{href}}}"}]}]}}""";
        await using var server = new ScriptedServer()
            .On("GET", "/identity", Answer.Json(document, 300))
            .On("POST", "/identity/v3/auth/tokens", Answer.Of(401));
        var options = ScriptedCloud.Options(server);
        using var connection = Connect.To(options with { Auth = options.Auth with { AuthUrl = new Uri(server.Url, "identity") } });

        await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Keystone.GetTokenAsync(Cancellation));
    }

    [Fact]
    public async Task A_Glance_that_stops_taking_an_upload_is_given_up_on()
    {
        await using var server = new ScriptedServer().SigningIn(time: _time)
            .Always("GET", "/image/v2/images/1", Answer.Json(ScriptedCloud.Image("1", "active")))
            .Always("PUT", "/image/v2/images/1/file", Answer.Silence.BeforeReadingTheBody());
        var options = ScriptedCloud.Options(server);
        using var connection = Connect.To(options, time: _time);
        await connection.Glance.ShowAsync("1", Cancellation);

        var uploading = connection.Glance.UploadAsync("1", new GeneratedStream(64 << 20), 64 << 20, Cancellation);
        await Eventually.TrueAsync("the upload has ended", () =>
        {
            if (server.Requests.Any(request => request.Method is "PUT"))
                _time.Advance(options.Timeout);
            return uploading.IsCompleted;
        });

        var failure = await Assert.ThrowsAsync<CloudUnavailableException>(() => uploading);
        Assert.Matches("after [0-9]+ bytes Glance was silent", failure.Message);
    }
}

using Imgsync.Core.Configuration;

namespace Imgsync.Core.Tests.Configuration.Loading;

/// <summary>The settings of those who are told of runs. Nothing that is said about them shows a URL or a key.</summary>
public sealed class NotifyRulesTests : IDisposable
{
    private const string Mark = "marked-secret-17";

    private readonly Settings _settings = new Settings().WithOpenrc();

    public void Dispose() => _settings.Dispose();

    [Theory]
    [InlineData("""{ "form": "slack" }""", "notify[0] lacks url")]
    [InlineData("""{ "url": "hooks.example/marked-secret-17" }""", "notify[0].url must be a whole URL that begins with https:// or http://")]
    [InlineData("""{ "url": "ftp://hooks.example/marked-secret-17" }""", "notify[0].url must be a whole URL")]
    [InlineData("""{ "url": "https://user:marked-secret-17@hooks.example/" }""", "notify[0].url must not hold a user name or password")]
    [InlineData("""{ "url": "@Microsoft.KeyVault(VaultName=v;SecretName=hook)" }""", "must be resolved by the platform")]
    [InlineData("""{ "url": "https://hooks.example/", "secret": "marked-secret-17" }""", "notify[0].secret must be whsec_ and 24 to 64 bytes")]
    [InlineData("""{ "url": "https://hooks.example/", "secret": "whsec_marked-secret-17-marked" }""", "must be whsec_ and 24 to 64 bytes")]
    [InlineData("""{ "url": "https://hooks.example/", "form": "teams", "secret": "marked-secret-17" }""", "secret signs cloudevents only")]
    [InlineData("""{ "url": "https://hooks.example/", "form": "matrix" }""", "notify[0] lacks token")]
    [InlineData("""{ "url": "https://hooks.example/", "form": "matrix" }""", "notify[0] lacks room")]
    [InlineData("""{ "url": "https://hooks.example/", "form": "matrix", "token": "t", "room": "#ops:example" }""", "not its alias")]
    [InlineData("""{ "url": "https://hooks.example/", "token": "marked-secret-17" }""", "notify[0].token is for the form matrix only")]
    [InlineData("""{ "url": "https://hooks.example/", "room": "!a" }""", "notify[0].room is for the form matrix only")]
    [InlineData("""{ "url": "https://hooks.example/", "on": [] }""", "notify[0].on is empty")]
    [InlineData("""{ "url": "https://hooks.example/", "on": ["failures"] }""", "must be failure, recovery, published or refused-rollback")]
    [InlineData("""{ "url": "https://hooks.example/", "form": "mail" }""", "must be cloudevents, slack, teams or matrix")]
    [InlineData("""{ "url": "https://hooks.example/", "caFile": "/a", "caPem": "b" }""", "has both caFile and caPem")]
    [InlineData("""{ "url": "@/nowhere/marked-url" }""", "The file /nowhere/marked-url that notify[0].url names does not exist")]
    public void A_receiver_that_cannot_be_told_is_a_fault(string receiver, string fault)
    {
        var faults = string.Join('\n', _settings.WithJson($$"""{ "notify": [{{receiver}}] }""").Faults);

        // Each key is named with its file, which has a new name in every test.
        Assert.Contains(fault, faults.Replace($" ({_settings.CurrentDirectory}/imgsync.json)", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain(Mark, faults, StringComparison.Ordinal);
    }

    [Fact]
    public void A_receivers_secrets_stand_in_files_and_in_the_environment_and_are_shown_nowhere()
    {
        var file = _settings.SecretFile($"https://hooks.example/{Mark}\n");
        _settings.WithVariable("IMGSYNC__NOTIFY__0__URL", $"@{file}").WithVariable("IMGSYNC__NOTIFY__0__SECRET", $"{Mark}-and-eight-more");

        var configuration = _settings.Load();

        var receiver = Assert.Single(configuration.Options.Notify);
        Assert.Equal(($"https://hooks.example/{Mark}", MessageForm.Cloudevents), (receiver.Url!.Reveal(), receiver.Form));
        Assert.Equal(4, receiver.On.Count);
        Assert.DoesNotContain(configuration.Settings, setting => $"{setting}".Contains(Mark, StringComparison.Ordinal));
    }

    [Fact]
    public void A_URL_that_anybody_on_the_way_can_read_is_a_warning()
    {
        _settings.WithJson($$"""{ "notify": [{ "url": "http://127.0.0.1/" }, { "url": "http://hooks.example/{{Mark}}" }] }""");

        var warning = Assert.Single(_settings.Load().Warnings);

        Assert.StartsWith("notify[1].url begins with http://", warning, StringComparison.Ordinal);
        Assert.DoesNotContain(Mark, warning, StringComparison.Ordinal);
    }
}

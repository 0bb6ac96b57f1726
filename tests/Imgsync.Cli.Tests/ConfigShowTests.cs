using System.Globalization;
using System.Text.Json;

namespace Imgsync.Cli.Tests;

/// <summary><c>imgsync config show</c>, and settings on the command line.</summary>
public sealed class ConfigShowTests : IDisposable
{
    private readonly ProgramRun _program = new();

    [Fact]
    public async Task Every_setting_is_shown_with_its_value_and_where_that_came_from()
    {
        var file = _program.Write("imgsync.json", """{ "publish": { "keep": 5, "visibility": "community" } }""");
        SignIn();

        var ended = await _program.RunAsync("config", "show", "--set", "publish.prefix=site ");

        Assert.Equal((0, ""), (ended.ExitCode, ended.StandardError));
        Assert.Matches(@"^key +value +from\n", ended.StandardOutput);
        Assert.Matches($@"(?m)^publish\.keep +5 +{file}$", ended.StandardOutput);
        Assert.Matches(@"(?m)^publish\.prefix +site +command line$", ended.StandardOutput);
        Assert.Matches(@"(?m)^maxParallel +4 +default$", ended.StandardOutput);
        Assert.Matches(@"(?m)^clouds\[0\]\.auth\.username +alice +OS_USERNAME \(environment\)$", ended.StandardOutput);
    }

    [Fact]
    public async Task Secrets_are_masked_in_the_table_and_in_json()
    {
        SignIn();

        var table = await _program.RunAsync("config", "show");
        var json = await _program.RunAsync("config", "show", "--json");

        Assert.Matches(@"(?m)^clouds\[0\]\.auth\.password +\*\*\* +OS_PASSWORD \(environment\)$", table.StandardOutput);
        var shown = JsonDocument.Parse(json.StandardOutput).RootElement.EnumerateArray()
            .ToDictionary(setting => setting.GetProperty("key").GetString()!, setting => setting, StringComparer.Ordinal);
        Assert.Equal("***", shown["clouds[0].auth.password"].GetProperty("value").GetString());
        Assert.Equal("OS_AUTH_URL (environment)", shown["clouds[0].auth.authUrl"].GetProperty("origin").GetString());
        Assert.DoesNotContain("wonderland", table.StandardOutput + json.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_on_the_command_line_reaches_into_lists_and_sections()
    {
        _program.Write("imgsync.json", """
            { "clouds": [{ "name": "paris", "region": "north", "auth": { "authUrl": "https://k.example", "userId": "u", "password": "p" } }] }
            """);

        var ended = await _program.RunAsync(
            "config", "show", "--set", "clouds[0].region=south", "--set", "publish.properties=a=1,b=x=y", "--set", "publish.keep=3",
            "--set", "publish.keep=4");

        Assert.Matches(@"(?m)^clouds\[0\]\.region +south +command line$", ended.StandardOutput);
        Assert.Matches(@"(?m)^publish\.properties\.b +x=y +publish\.properties \(command line\)$", ended.StandardOutput);
        Assert.Matches(@"(?m)^publish\.keep +4 +command line$", ended.StandardOutput);
    }

    [Theory]
    [InlineData("publish.keep", "must be written --set KEY=VALUE")]
    [InlineData("=3", "must be written --set KEY=VALUE")]
    [InlineData("publish.kep=3", "publish.kep (command line) is not a setting (did you mean publish.keep?)")]
    [InlineData("publish.keep=0", "publish.keep (command line) is '0': it must be at least 1")]
    public async Task A_setting_that_cannot_be_is_bad_usage(string assignment, string complaint)
    {
        var ended = await _program.RunAsync("config", "show", "--set", assignment);

        Assert.Equal((2, ""), (ended.ExitCode, ended.StandardOutput));
        Assert.Contains(complaint, ended.StandardError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config")]
    [InlineData("config", "shwo")]
    [InlineData("config", "import")]
    [InlineData("config", "check", "--clod", "paris")]
    public async Task Half_a_command_is_bad_usage(params string[] arguments)
    {
        var ended = await _program.RunAsync(arguments);

        Assert.Equal(2, ended.ExitCode);
        Assert.StartsWith("imgsync: ", ended.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_story_goes_to_the_log_file_and_what_went_wrong_to_both()
    {
        var log = Path.Combine(_program.Home, "imgsync.log");
        _program.Write("imgsync.conf", $"[DEFAULT]\nlog_file = {log}\ndebug = true\nuse_json = true\ndistributions = debian12\n");

        var ended = await _program.RunAsync("resolve", "--set", "publishers.debian=http://127.0.0.1:1/", "--set", "upstream.retries=0");

        Assert.Equal(1, ended.ExitCode);
        var complaint = ended.StandardError.TrimEnd();
        Assert.StartsWith("imgsync: ", complaint, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', complaint);
        var story = await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken);
        Assert.Contains(story, line => IsStamped(line, "information", "sets [DEFAULT] use_json: that has no meaning here and is passed over."));
        Assert.Contains(story, line => IsStamped(line, "error", complaint));
        Assert.Contains(story, line => line.StartsWith("   at Imgsync.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_log_file_that_cannot_be_written_is_named()
    {
        var ended = await _program.RunAsync("list", "--set", "log.file=/nowhere/imgsync.log");

        Assert.Equal(2, ended.ExitCode);
        Assert.StartsWith("imgsync: The log file /nowhere/imgsync.log cannot be written", ended.StandardError, StringComparison.Ordinal);
    }

    public void Dispose() => _program.Dispose();

    private static bool IsStamped(string line, string level, string end) =>
        line.EndsWith(end, StringComparison.Ordinal) && line[20..].StartsWith($" {level} ", StringComparison.Ordinal)
            && DateTimeOffset.TryParseExact(line[..20], "u", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private void SignIn()
    {
        _program.Environment["OS_AUTH_URL"] = "https://keystone.example/v3";
        _program.Environment["OS_USERNAME"] = "alice";
        _program.Environment["OS_PASSWORD"] = "wonderland";
    }
}

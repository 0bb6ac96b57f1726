using System.Text;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary>The program at its most verbose, with marked secrets in settings of every kind:
/// neither what it says nor any file it leaves holds one.</summary>
public sealed class SecretTests(DevCloud cloud)
{
    private const string Mark = "marked-secret-17";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [Shows("a-setting-from-the-environment-that-does-not-work")]
    [InlineData("OS_PASSWORD", Mark, "401")]
    [InlineData("OS_AUTH_URL", $"http://user:{Mark}@127.0.0.1:1/v3", "must not hold a user name or password")]
    [InlineData("IMGSYNC__PUBLISHERS__DEBIAN", $"https://mirror.example/debian/?sv=1&sig={Mark}", "has a query")]
    [InlineData("IMGSYNC__PUBLISHERS__DEBIAN", $"https://user:{Mark}@mirror.example/debian/", "must not hold a user name or password")]
    [InlineData("IMGSYNC__OVERRIDES__DEBIAN12__MIRRORS", $"https://mirror.example/debian/?sig={Mark}", "has a query")]
    [InlineData("IMGSYNC__SIGNATURES__KEYSERVER", $"https://user:{Mark}@keys.example/", "must not hold a user name or password")]
    [InlineData("IMGSYNC__STAGING__CONNECTIONSTRING", Mark, "is no connection string")]
    [InlineData("IMGSYNC__STAGING__CONNECTIONSTRING", $"AccountName=account;AccountKey={Mark}", "is no connection string")]
    [InlineData("IMGSYNC__STAGING__BLOBENDPOINT", $"https://account.blob.example/?sv=1&sig={Mark}", "has a query")]
    [InlineData("IMGSYNC__CLOUDS__0__AUTH__PASWORD", Mark, "is not a setting")]
    [InlineData("IMGSYNC__CLOUDS__0__AUTH__PASSWORD__0", Mark, "takes one value")]
    public async Task A_setting_from_the_environment_that_does_not_work(string variable, string value, string expected)
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Program.Environment[variable] = value;

        await AssertSaysAsync(scenario, expected);
    }

    [Theory]
    [Shows("a-settings-file-that-is-broken-where-a-secret-stands")]
    [InlineData("imgsync.json", $$"""{ "clouds": [{ "auth": { "password": "{{Mark}}" } } }""", "is not valid JSON")]
    [InlineData("imgsync.json", $$"""{ "staging": { "connectionString": {{Mark}} } }""", "is not valid JSON")]
    [InlineData("imgsync.yaml", $"clouds:\n- auth:\n    password: \"{Mark}\n  name: [", "is not valid YAML")]
    [InlineData("imgsync.conf", $"[keystone_auth]\n  password {Mark}\n[", "imgsync.conf")]
    public async Task A_settings_file_that_is_broken_where_a_secret_stands(string file, string content, string expected)
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Program.Write(file, content);

        await AssertSaysAsync(scenario, expected);
    }

    [Fact]
    [Shows("a-whole-run-into-a-log-file-that-publishes-and-reports")]
    public async Task A_whole_run_into_a_log_file_that_publishes_and_reports()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        scenario.Program.Environment["IMGSYNC__LOG__FILE"] = Path.Combine(scenario.Program.Home, "story.log");

        var run = await scenario.Program.RunAsync("sync", "-v", "--json", "debian12");

        var written = run.StandardOutput + run.StandardError + await FilesAsync(scenario);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Signed in to cloud", written, StringComparison.Ordinal);
        Assert.DoesNotContain(scenario.Program.Environment["OS_PASSWORD"]!, written, StringComparison.Ordinal);
        Assert.DoesNotMatch("gAAAA[A-Za-z0-9_-]{60,}", written);
    }

    private static async Task AssertSaysAsync(SyncScenario scenario, string expected)
    {
        var run = await scenario.Program.RunAsync("sync", "-v", "debian12");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(expected, run.StandardError, StringComparison.Ordinal);
        var written = run.StandardOutput + run.StandardError + await FilesAsync(scenario);
        Assert.DoesNotContain(Mark, written, StringComparison.Ordinal);
    }

    /// <summary>Everything in the program's home but the publisher's tree and what the test put there itself.</summary>
    private static async Task<string> FilesAsync(SyncScenario scenario)
    {
        var all = new StringBuilder();
        foreach (var file in Directory.GetFiles(scenario.Program.Home, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (!file.StartsWith(
                scenario.Tree.Folder, StringComparison.Ordinal) && !Path.GetFileName(file).StartsWith("imgsync.", StringComparison.Ordinal))
                all.Append(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Cancel)));
        }

        return all.ToString();
    }
}

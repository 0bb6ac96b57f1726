using System.Diagnostics;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary>A whole run with a host name that does not exist, with repeats as they are by default: seconds, not the minutes that a server
/// would be waited for.</summary>
public sealed class UnknownHostTests(DevCloud cloud)
{
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(25);

    [Theory]
    [Shows("a-host-name-that-does-not-exist-is-told-at-once")]
    [InlineData("IMGSYNC__PUBLISHERS__DEBIAN", "https://mirror.invalid/debian/", "mirror.invalid", "publishers.debian")]
    [InlineData("OS_AUTH_URL", "https://keystone.invalid:5000/v3", "keystone.invalid", "auth.authUrl (clouds.yaml: auth_url)")]
    [InlineData("OS_AUTH_URL", "https://keystone.invalid/identity", "keystone.invalid", "auth.authUrl (clouds.yaml: auth_url)")]
    [InlineData("IMGSYNC__CLOUDS__0__IMAGEENDPOINT", "https://glance.invalid:9292", "glance.invalid", "imageEndpoint")]
    [InlineData(
        "IMGSYNC__STAGING__CONNECTIONSTRING", "AccountName=a;AccountKey=a2V5;BlobEndpoint=https://a.blob.invalid", "a.blob.invalid",
        "staging.connectionString")]
    public async Task A_run_that_meets_a_host_that_does_not_exist_ends_within_seconds_and_says_where_it_is_named(
        string variable, string value, string host, string setting)
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        scenario.Program.Environment["IMGSYNC__WORKFLOW__ATTEMPTS"] = null;
        scenario.Program.Environment[variable] = value;

        var started = Stopwatch.GetTimestamp();
        var ended = await scenario.Program.RunAsync("sync", "debian12");
        var took = Stopwatch.GetElapsedTime(started);

        Assert.NotEqual(0, ended.ExitCode);
        var said = ended.StandardOutput + ended.StandardError;
        Assert.InRange(took, TimeSpan.Zero, Seconds);
        Assert.Contains($"there is no host {host}; correct its name in ", said, StringComparison.Ordinal);
        Assert.Contains(setting, said, StringComparison.Ordinal);
        Assert.Equal(2, ended.StandardError.Split("there is no host").Length);
        Assert.DoesNotContain("trying again", said, StringComparison.Ordinal);
    }
}

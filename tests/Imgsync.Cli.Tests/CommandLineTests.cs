using System.Text.Json.Nodes;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary>The program as a shell sees it: exit codes, standard output, standard error.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly ProgramRun _program = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_catalogue_is_the_answer_on_standard_output_and_nothing_is_on_standard_error()
    {
        var ended = await _program.RunAsync("list");

        Assert.Equal(0, ended.ExitCode);
        Assert.Empty(ended.StandardError);
        foreach (var key in (string[])["debian11", "debian12", "debian-testing", "ubuntu18", "ubuntu20", "ubuntu22", "ubuntu24",
            "debian12-arm64"])
            Assert.Contains(ended.StandardOutput.Split('\n'), line => line.StartsWith(key + " ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_catalogue_is_there_for_programs_too()
    {
        var ended = await _program.RunAsync("list", "--json");

        var noble = Assert.Single(JsonNode.Parse(ended.StandardOutput)!.AsArray(), entry => (string?)entry!["distribution"] == "ubuntu24")!;
        Assert.Equal("https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-amd64.img", (string?)noble["location"]);
        Assert.Equal("x86_64", (string?)noble["architecture"]);
    }

    [Fact]
    public async Task A_misspelt_option_is_a_usage_error()
    {
        var ended = await _program.RunAsync("sync", "debian12", "--dry-rnu");

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("--help", ended.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_failed_distribution_makes_the_exit_code_1_and_the_others_arrive()
    {
        var tree = new UpstreamTree(Path.Combine(_program.Home, "upstream"));
        Directory.CreateDirectory(tree.Folder);
        tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await using var server = await FolderServer.StartAsync(tree.Folder, Cancel);
        var settings = _program.Write("imgsync.json", $$"""{ "publishers": { "debian": "{{server.DebianUrl}}" }, "upstream": { "retries": 0 } }""");

        var ended = await _program.RunAsync("sync", "debian12", "debian13", "--download-only", "--json", "--config", settings);

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("\"kind\": \"staged\"", ended.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("\"kind\": \"failed\"", ended.StandardOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("   at Imgsync.", ended.StandardOutput + ended.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_names_staging_where_there_is_no_cloud_and_waits_as_people_write_them()
    {
        var tree = new UpstreamTree(Path.Combine(_program.Home, "upstream"));
        Directory.CreateDirectory(tree.Folder);
        tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await using var server = await FolderServer.StartAsync(tree.Folder, Cancel);
        var settings = _program.Write("imgsync.json", $$"""
            {
              "publishers": { "debian": "{{server.DebianUrl}}", "ubuntu": "http://127.0.0.1:1/" },
              "upstream": { "retries": 1 },
              "workflow": { "attempts": 2, "firstRetryAfter": "100ms" }
            }
            """);

        var ended = await _program.RunAsync("sync", "debian12", "ubuntu24", "--download-only", "-v", "--config", settings);

        Assert.Contains("debian12 for staging: started", ended.StandardError, StringComparison.Ordinal);
        Assert.Contains("ubuntu24 for staging: attempt 1 failed, the next follows in 100 ms: ", ended.StandardError, StringComparison.Ordinal);
        Assert.Matches(@"trying again in [0-9.]+ (s|ms), repeat 1", ended.StandardError);
        Assert.DoesNotContain("(null)", ended.StandardError, StringComparison.Ordinal);
    }

    public void Dispose() => _program.Dispose();
}

using System.Globalization;
using System.Text.Json;
using CliWrap.Buffered;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary><c>imgsync config check</c> against a real Keystone and Glance: it says what a run would meet, and leaves nothing.</summary>
[Long]
public sealed class ConfigCheckTests(DevCloud cloud)
{
    private const string Version = "20240717-1811";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sound_set_up_passes_every_step_and_nothing_stays_in_glance()
    {
        await using var scenario = await StartAsync(cloud);

        var ended = await scenario.Program.RunAsync("config", "check");

        Assert.Equal((0, ""), (ended.ExitCode, ended.StandardError));
        Assert.Equal(
            [
                "cloud default sign in ok", "cloud default find Glance ok", "cloud default create ok", "cloud default upload ok",
                "cloud default make public ok", "cloud default delete ok", "upstream debian12 look up ok", "upstream debian12 download ok",
                "staging folder write ok",
            ],
            Steps(ended));
        Assert.Matches(
            $@"(?m)^cloud .* ok +user syncer of domain Default for project \S+ of domain Default; roles: member, "
                + "publisher", ended.StandardOutput);
        Assert.Matches($"(?m)look up +ok +{Version}, .*; no raw file$", ended.StandardOutput);
        Assert.Empty(await scenario.ImagesAsync());
        Assert.Empty(Directory.GetFiles(scenario.Staging, "*.qcow2", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_user_who_may_not_publicize_is_told_so_and_the_image_is_removed_all_the_same()
    {
        await using var spoilt = await DevCloud.StartPrivateAsync(Cancel);
        await spoilt.SetPolicyAsync("""{ "publicize_image": "role:admin" }""", Cancel);
        await using var scenario = await StartAsync(spoilt);

        var ended = await scenario.Program.RunAsync("config", "check");
        scenario.Program.Environment["IMGSYNC__CLOUDS__0__NAME"] = "default";
        scenario.Program.Environment["IMGSYNC__CLOUDS__0__PUBLISH__VISIBILITY"] = "community";
        var modest = await scenario.Program.RunAsync("config", "check");

        Assert.Equal(1, ended.ExitCode);
        Assert.Equal(["cloud default make public FAILED"], Steps(ended).Where(step => !step.EndsWith(" ok", StringComparison.Ordinal)));
        Assert.Contains("cloud default delete ok", Steps(ended));
        Assert.Contains("publicize_image", ended.StandardError, StringComparison.Ordinal);
        Assert.Contains("choose a visibility other than public", ended.StandardError, StringComparison.Ordinal);
        Assert.Equal(0, modest.ExitCode);
        Assert.Contains("cloud default make community ok", Steps(modest));
        Assert.Empty(await scenario.ImagesAsync());
    }

    [Fact]
    public async Task A_user_who_may_not_write_our_marks_is_told_so()
    {
        await using var scenario = await StartAsync(cloud);
        SignInAs(scenario, "user");

        var ended = await scenario.Program.RunAsync("config", "check");

        Assert.Equal(1, ended.ExitCode);
        Assert.Equal(["sign in ok", "find Glance ok", "create FAILED"], CloudSteps(ended));
        Assert.Contains("property protection", ended.StandardError, StringComparison.Ordinal);
        Assert.Empty(await scenario.ImagesAsync());
    }

    [Fact]
    public async Task Members_by_name_are_looked_up_and_the_visibility_of_superseded_images_is_tried()
    {
        await using var scenario = await StartAsync(cloud);
        scenario.Program.Environment["IMGSYNC__PUBLISH__VISIBILITY"] = "shared";
        scenario.Program.Environment["IMGSYNC__PUBLISH__MEMBERS"] = "tenant@Default, 6e2d3f6a7c1b4d5e8f90a1b2c3d4e5f6";
        scenario.Program.Environment["IMGSYNC__PRUNE__COMMUNITYAFTER"] = "7d";
        scenario.Program.Environment["IMGSYNC__PUBLISH__UPLOAD"] = "web-download";
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version, raw: new byte[512]);

        var ended = await scenario.Program.RunAsync("config", "check");

        Assert.Equal(1, ended.ExitCode);
        Assert.Equal(["find tenant@Default FAILED"], CloudSteps(ended).Where(step => !step.EndsWith(" ok", StringComparison.Ordinal)));
        Assert.Contains("make community ok", CloudSteps(ended));
        Assert.Matches("(?m)import +ok +offers glance-direct and web-download$", ended.StandardOutput);
        Assert.Matches($"(?m)look up +ok +{Version}, .*; a raw file, too$", ended.StandardOutput);
        Assert.Contains("give the project's id instead of its name", ended.StandardError, StringComparison.Ordinal);
    }

    /// <summary>What is not offered gives way in a run, so it is said and is no failure.</summary>
    [Theory]
    [InlineData("", "as-published", "this cloud offers neither glance-direct nor web-download; where publish.upload is glance-direct, images go another way")]
    [InlineData(
        "\"web-download\", \"copy-image\"", "raw",
        "offers web-download; where publish.upload is glance-direct, images go another way")]
    [InlineData(
        "\"copy-image\"", "raw",
        "this cloud offers neither glance-direct nor web-download; where publish.upload is glance-direct, images go another way; "
            + "what Glance should convert, imgsync does")]
    public async Task An_import_that_the_settings_ask_for_and_the_cloud_does_not_offer_is_told(string offered, string format, string expected)
    {
        await using var scenario = await StartAsync(cloud);
        await using var glance = new RequestGate(cloud.GlanceUrl);
        glance.AnswerAll("GET", "/info/import", Moment.BeforeRequest, 200, $$"""{ "import-methods": { "value": [{{offered}}] } }""");
        scenario.Program.Environment["OS_IMAGE_ENDPOINT_OVERRIDE"] = glance.Url.AbsoluteUri;
        scenario.Program.Environment["IMGSYNC__PUBLISH__UPLOAD"] = "glance-direct";
        scenario.Program.Environment["IMGSYNC__PUBLISH__DISKFORMAT"] = format;
        if (format is "raw")
            scenario.Program.Environment["IMGSYNC__PUBLISH__CONVERSION"] = "glance";

        var ended = await scenario.Program.RunAsync("config", "check", "--json");

        Assert.Equal((0, ""), (ended.ExitCode, ended.StandardError));
        using var answer = JsonDocument.Parse(ended.StandardOutput);
        var import = Assert.Single(
            answer.RootElement.GetProperty("checks").EnumerateArray(), check => Text(check, "step") is "import");
        Assert.Equal(("cloud", expected), (Text(import, "area"), Text(import, "detail")));
    }

    [Fact]
    public async Task A_wrong_password_is_told_without_it_and_the_publishers_are_checked_all_the_same()
    {
        await using var scenario = await StartAsync(cloud);
        scenario.Program.Environment["OS_PASSWORD"] = "hunter2";

        var ended = await scenario.Program.RunAsync("config", "check");

        Assert.Equal(1, ended.ExitCode);
        Assert.Equal(["sign in FAILED"], CloudSteps(ended));
        Assert.Contains("upstream debian12 download ok", Steps(ended));
        Assert.Contains("imgsync: default, sign in: Cannot sign in user syncer", ended.StandardError, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", ended.StandardOutput + ended.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_publisher_that_cannot_be_reached_fails_for_itself_alone()
    {
        await using var scenario = await StartAsync(cloud);
        scenario.Program.Environment["IMGSYNC__UPSTREAM__RETRIES"] = "0";
        scenario.Upstream.Fault = ProxyFault.Refuse;

        var ended = await scenario.Program.RunAsync("config", "check", "--json");
        await AnswerSchemaTests.IsValidAsync("config-check", ended.StandardOutput);

        Assert.Equal(1, ended.ExitCode);
        using var answer = JsonDocument.Parse(ended.StandardOutput);
        var failed = answer.RootElement.GetProperty("checks").EnumerateArray().Where(
            check => !check.GetProperty("isGood").GetBoolean()).ToList();
        var check = Assert.Single(failed);
        Assert.Equal(("upstream", "debian12", "look up"), (Text(check, "area"), Text(check, "subject"), Text(check, "step")));
        Assert.Contains(scenario.Upstream.Url.Authority, Text(check, "detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mirror_is_tried_like_the_publisher()
    {
        await using var scenario = await StartAsync(cloud);
        scenario.Program.Environment["IMGSYNC__UPSTREAM__RETRIES"] = "0";
        scenario.Program.Environment["IMGSYNC__OVERRIDES__DEBIAN12__MIRRORS"] = $"{new Uri(scenario.Upstream.Url, "debian/")}, "
            + "http://127.0.0.1:1/debian/";

        var ended = await scenario.Program.RunAsync("config", "check");

        Assert.Equal(1, ended.ExitCode);
        Assert.Equal(
            [
                "upstream debian12 look up ok", $"upstream debian12 download from mirror {scenario.Upstream.Url.Authority} ok",
                "upstream debian12 download from mirror 127.0.0.1:1 FAILED", "upstream debian12 download ok",
            ],
            Steps(ended).Where(step => step.StartsWith("upstream ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_cloud_that_is_down_fails_for_itself_alone()
    {
        await using var scenario = await StartAsync(cloud);
        scenario.Program.Write("imgsync.json", """
            { "clouds": ["default", { "name": "lyon", "auth": { "authUrl": "http://127.0.0.1:1/v3", "username": "u", "password": "p", "projectName": "images" } }] }
            """);

        var ended = await scenario.Program.RunAsync("config", "check");
        var only = await scenario.Program.RunAsync("config", "check", "--cloud", "default");

        Assert.Equal(1, ended.ExitCode);
        Assert.Equal(["cloud lyon sign in FAILED"], Steps(ended).Where(step => !step.EndsWith(" ok", StringComparison.Ordinal)));
        Assert.Contains("cloud default delete ok", Steps(ended));
        Assert.Contains("127.0.0.1:1 cannot be reached", ended.StandardError, StringComparison.Ordinal);
        Assert.Equal(0, only.ExitCode);
    }

    [Theory]
    [InlineData("POST", "/v2/images$")]
    [InlineData("PUT", "/file$")]
    [InlineData("PATCH", "/v2/images/")]
    public async Task Ctrl_C_at_any_moment_leaves_nothing_in_glance(string method, string path)
    {
        await using var scenario = await StartAsync(cloud);
        await using var glance = new RequestGate(cloud.GlanceUrl);
        scenario.Program.Environment["OS_IMAGE_ENDPOINT_OVERRIDE"] = glance.Url.AbsoluteUri;
        var held = glance.Hold(method, path, Moment.BeforeAnswer);

        var running = scenario.Program.Start("config", "check");
        await held.Reached.WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        Assert.Single(await scenario.ImagesAsync());
        await CliWrap.Cli.Wrap("kill").WithArguments(
            ["-INT", running.ProcessId.ToString(CultureInfo.InvariantCulture)]).ExecuteAsync(Cancel);
        var ended = await running;

        Assert.Equal(130, ended.ExitCode);
        Assert.Empty(await scenario.ImagesAsync());
    }

    [Fact]
    public async Task What_leaves_nothing_to_check_is_a_fault_of_the_settings()
    {
        using var program = new ProgramRun();

        var ended = await program.RunAsync("config", "check");

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("No distribution is chosen", ended.StandardError, StringComparison.Ordinal);
        Assert.Contains("No cloud is configured", ended.StandardError, StringComparison.Ordinal);
    }

    private static async Task<SyncScenario> StartAsync(DevCloud cloud)
    {
        var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);
        scenario.Program.Environment["IMGSYNC__DISTRIBUTIONS"] = "debian12";
        scenario.Program.Environment["IMGSYNC__PUBLISH__PROPERTIES"] = "hw_rng_model=virtio";
        return scenario;
    }

    private void SignInAs(SyncScenario scenario, string user)
    {
        var auth = cloud.Cloud(user).Auth;
        scenario.Program.Environment["OS_USERNAME"] = auth.Username;
        scenario.Program.Environment["OS_PASSWORD"] = auth.Password!.Reveal();
        scenario.Program.Environment["OS_PROJECT_NAME"] = auth.ProjectName;
    }

    /// <summary>The table's lines up to the result.</summary>
    private static List<string> Steps(BufferedCommandResult ended) =>
        [.. ended.StandardOutput.Split(
            '\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line =>
                string.Join(' ', line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(4)))];

    private static IEnumerable<string> CloudSteps(BufferedCommandResult ended) =>
        Steps(ended).Where(
            step => step.StartsWith("cloud default ", StringComparison.Ordinal)).Select(step => step["cloud default ".Length..]);

    private static string Text(JsonElement check, string name) => check.GetProperty(name).GetString()!;
}

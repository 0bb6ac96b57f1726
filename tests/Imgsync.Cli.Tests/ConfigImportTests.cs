using System.Text.Json;

namespace Imgsync.Cli.Tests;

/// <summary><c>imgsync config import</c>, as somebody who leaves the original uses it.</summary>
public sealed class ConfigImportTests : IDisposable
{
    private const string Conf = """
        [DEFAULT]
        prefix = "site "
        properties = hw_rng_model=virtio
        distributions = debian12,debian-testing,centos7
        use_stderr = true
        [keystone_auth]
        auth_type = password
        auth_url = https://keystone.example:5000
        username = alice
        password = wonderland
        project_name = images
        """;

    private readonly ProgramRun _program = new();

    [Fact]
    public async Task The_new_form_goes_to_standard_output_and_what_is_lost_to_standard_error()
    {
        var ended = await _program.RunAsync("config", "import", _program.Write("imgsync.conf", Conf));

        Assert.Equal(0, ended.ExitCode);
        var written = JsonDocument.Parse(ended.StandardOutput).RootElement;
        Assert.Equal(["debian12", "debian-testing"], written.GetProperty("distributions").EnumerateArray().Select(key => key.GetString()));
        Assert.Contains("[DEFAULT] use_stderr: that has no meaning here", ended.StandardError, StringComparison.Ordinal);
        Assert.Contains("centos7, which the catalogue has no more", ended.StandardError, StringComparison.Ordinal);
        Assert.DoesNotContain("wonderland", ended.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_written_file_means_what_the_old_one_meant_and_only_its_owner_can_read_it()
    {
        var conf = _program.Write("imgsync.conf", Conf);

        var ended = await _program.RunAsync("config", "import", conf, "--output", "new.json");

        Assert.Equal((0, ""), (ended.ExitCode, ended.StandardOutput));
        var file = Path.Combine(_program.Home, "new.json");
        if (!OperatingSystem.IsWindows()) // which has no such permissions
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Contains("wonderland", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(await ShownAsync(conf), await ShownAsync(file));
    }

    [Fact]
    public async Task The_app_settings_hold_references_where_the_secrets_were()
    {
        var conf = _program.Write("imgsync.conf", Conf);

        var ended = await _program.RunAsync(
            "config", "import", conf, "--azure", "settings.json", "--vault", "my-vault", "--output", "new.json");

        Assert.Equal(0, ended.ExitCode);
        var text = await File.ReadAllTextAsync(Path.Combine(_program.Home, "settings.json"), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("wonderland", text + ended.StandardOutput + ended.StandardError, StringComparison.Ordinal);
        var settings = JsonDocument.Parse(text).RootElement.EnumerateArray().ToDictionary(
            setting =>
                setting.GetProperty("name").GetString()!, setting => setting.GetProperty("value").GetString(), StringComparer.Ordinal);
        Assert.Equal("@Microsoft.KeyVault(VaultName=my-vault;SecretName=keystone-default)", settings["Imgsync__Clouds__0__Auth__Password"]);
        Assert.Equal("site ", settings["Imgsync__Publish__Prefix"]);
        Assert.Contains(
            "az keyvault secret set --vault-name my-vault --name keystone-default", ended.StandardError, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_program.Home, "new.json")));
    }

    [Fact]
    public async Task A_file_that_is_there_is_overwritten_only_by_force_and_none_is_written_before_that_is_settled()
    {
        var conf = _program.Write("imgsync.conf", Conf);
        var there = _program.Write("settings.json", "mine");
        string[] arguments = ["config", "import", conf, "--output", "new.json", "--azure", there, "--vault", "v"];

        var refused = await _program.RunAsync(arguments);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains($"{there} is there already: give --force", refused.StandardError, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(there, TestContext.Current.CancellationToken));
        Assert.False(File.Exists(Path.Combine(_program.Home, "new.json")));
        var forced = await _program.RunAsync([.. arguments, "--force"]);

        Assert.Equal(0, forced.ExitCode);
        Assert.NotEqual("mine", await File.ReadAllTextAsync(there, TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFiles(_program.Home, "*.new"));
    }

    [Fact]
    public async Task Nothing_but_the_file_is_read()
    {
        _program.Environment["IMGSYNC__PUBLISH__PREFIX"] = "environment";
        _program.Environment["OS_USERNAME"] = "bob";
        _program.Write("imgsync.json", """{ "publish": { "keep": 9 } }""");

        var ended = await _program.RunAsync("config", "import", _program.Write("imgsync.conf", Conf));

        Assert.DoesNotContain("environment", ended.StandardOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("bob", ended.StandardOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("keep", ended.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_screen_the_password_is_masked()
    {
        Requirement.DemandProgram("script", "it is in Debian's package bsdutils");
        _program.Write("imgsync.conf", Conf);

        var ended = await _program.RunAsync(
            "script", ["-qec", $"stty cols 140; {string.Join(' ', ProgramRun.Program)} config import imgsync.conf", "/dev/null"]);

        Assert.Contains("\"password\": \"***\"", ended.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("--output to have them", ended.StandardOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("wonderland", ended.StandardOutput, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--azure needs --vault NAME", "imgsync.conf", "--azure", "-")]
    [InlineData("Only one of --output and --azure", "imgsync.conf", "--azure", "-", "--output", "-", "--vault", "v")]
    [InlineData("missing.conf cannot be read", "missing.conf")]
    [InlineData("whose name ends in .conf or .ini", "imgsync.yaml")]
    [InlineData("/nowhere/new.json cannot be written", "imgsync.conf", "--output", "/nowhere/new.json")]
    public async Task What_cannot_be_done_is_bad_usage(string complaint, params string[] arguments)
    {
        _program.Write("imgsync.conf", Conf);

        var ended = await _program.RunAsync(["config", "import", .. arguments]);

        Assert.Equal((2, ""), (ended.ExitCode, ended.StandardOutput));
        Assert.Contains(complaint, ended.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_option_of_the_original_is_told_with_the_one_that_was_meant()
    {
        var ended = await _program.RunAsync("config", "import", _program.Write("imgsync.conf", Conf + "\nusr_name = x\n"));

        Assert.Equal((2, ""), (ended.ExitCode, ended.StandardOutput));
        Assert.Contains("did you mean user_name?", ended.StandardError, StringComparison.Ordinal);
    }

    public void Dispose() => _program.Dispose();

    /// <summary>Keys and values, without where they came from.</summary>
    private async Task<string> ShownAsync(string file)
    {
        var ended = await _program.RunAsync("config", "show", "--json", "--config", file);
        return string.Join(
            '\n', JsonDocument.Parse(ended.StandardOutput).RootElement.EnumerateArray().Select(
                setting => $"{setting.GetProperty("key")} {setting.GetProperty("value")}"));
    }
}

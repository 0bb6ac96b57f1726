using System.Text.Json;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Forms;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Configuration.Sources;
using Microsoft.Extensions.Configuration;

namespace Imgsync.Core.Tests.Configuration.Forms;

public sealed class AzureFormTests : IDisposable
{
    private const string Conf = """
        [DEFAULT]
        prefix = "site "
        properties = hw_rng_model=virtio,trait:CUSTOM=required
        distributions = debian12,debian-testing
        [keystone_auth]
        auth_url = https://keystone.example:5000
        username = alice
        password = wonderland
        project_name = images
        insecure = true
        """;

    private readonly Settings _settings = new();

    public void Dispose() => _settings.Dispose();

    [Fact]
    public void An_app_with_these_settings_has_the_same_options_once_the_platform_has_fetched_the_secret()
    {
        var options = _settings.WithFile("imgsync.conf", Conf).Options;

        var settings = Read(new AzureForm(options, "vault"));

        Assert.Equal("@Microsoft.KeyVault(VaultName=vault;SecretName=keystone-default)", settings["Imgsync__Clouds__0__Auth__Password"]);
        settings["Imgsync__Clouds__0__Auth__Password"] = "wonderland";
        Assert.Equal(Shown(options), Shown(InAnApp(settings)));
    }

    [Fact]
    public void Every_name_is_one_that_an_app_setting_can_have()
    {
        var form = new AzureForm(_settings.WithFile("imgsync.conf", Conf).Options, "vault");

        Assert.All(Read(form).Keys, name => Assert.Matches("^[A-Za-z0-9_.]+$", name));
    }

    [Fact]
    public void A_secret_that_the_sign_in_does_not_use_is_left_out_and_named()
    {
        var options = _settings.WithFile(
            "imgsync.conf", Conf + "\nauth_type = v3applicationcredential\napplication_credential_id = "
                + "c\napplication_credential_secret = hunter2\n").Options;

        var form = new AzureForm(options, "vault");

        Assert.Equal(["keystone-default"], form.Secrets);
        Assert.Contains("Imgsync__Clouds__0__Auth__ApplicationCredentialSecret", Read(form).Keys);
        Assert.Contains("clouds[0].auth.password is not what v3applicationcredential signs in with and was left out.", form.Warnings);
        Assert.DoesNotContain("wonderland", form.Write() + string.Join(' ', form.Warnings), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", form.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_secret_of_any_setting_is_ever_written()
    {
        var options = new ImgsyncOptions
        {
            Staging = new() { ConnectionString = new Secret("hunter2") },
            Clouds = [new() { Name = "paris", Auth = new() { Type = "v3token", Token = new Secret("hunter2") } }],
        };

        var form = new AzureForm(options, "vault");

        Assert.Equal(["imgsync-staging-connectionstring", "keystone-paris"], form.Secrets);
        Assert.DoesNotContain("hunter2", form.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_means_something_only_on_this_machine_is_named()
    {
        var conf = Conf.Replace(
            "[keystone_auth]", "log_file = /var/log/imgsync.log\n[keystone_auth]\ncafile = /etc/ssl/site.pem", StringComparison.Ordinal);

        var form = new AzureForm(_settings.WithFile("imgsync.conf", conf).Options, "vault");

        Assert.Equal(2, form.Warnings.Count);
        Assert.StartsWith("log.file is for the command line and was left out", form.Warnings[0], StringComparison.Ordinal);
        Assert.StartsWith("clouds[0].caFile names a file of this machine, /etc/ssl/site.pem", form.Warnings[1], StringComparison.Ordinal);
        Assert.DoesNotContain("Imgsync__Log__File", Read(form).Keys);
    }

    private static Dictionary<string, string?> Read(AzureForm form) => JsonDocument.Parse(form.Write()).RootElement.EnumerateArray()
        .ToDictionary(
            setting =>
                setting.GetProperty("name").GetString()!, setting => setting.GetProperty("value").GetString(), StringComparer.Ordinal);

    /// <summary>As a Functions app reads its settings.</summary>
    private static ImgsyncOptions InAnApp(Dictionary<string, string?> settings) => OptionsLoader.Load(new ConfigurationSources
    {
        AppSettings = new ConfigurationBuilder()
            .AddInMemoryCollection(
                settings.ToDictionary(
                    setting => setting.Key.Replace("__", ":", StringComparison.Ordinal), setting => setting.Value, StringComparer.Ordinal))
            .Build(),
    }).Options;

    private static string Shown(ImgsyncOptions options) => string.Join('\n', EffectiveSettings.Of(options, null));
}

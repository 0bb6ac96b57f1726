using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Forms;
using Imgsync.Core.Configuration.Loading;

namespace Imgsync.Core.Tests.Configuration.Forms;

public sealed class JsonFormTests : IDisposable
{
    private readonly Settings _settings = new();

    public static TheoryData<string> Paths => [.. DocumentedKey.All.Select(key => key.Path)];

    public void Dispose() => _settings.Dispose();

    [Fact]
    public void Only_what_differs_from_the_defaults_is_written()
    {
        var options = _settings.WithFile("imgsync.conf", """
            [DEFAULT]
            prefix = "site "
            properties = hw_rng_model=virtio,trait:CUSTOM=required
            distributions = debian12,debiantesting
            [keystone_auth]
            auth_url = https://keystone.example:5000
            username = alice
            password = wonderland
            project_name = images
            timeout = 30
            """).Options;

        Assert.Equal(
            """
            {
              "distributions": [
                "debian12",
                "debian-testing"
              ],
              "publish": {
                "prefix": "site ",
                "properties": {
                  "hw_rng_model": "virtio",
                  "trait:CUSTOM": "required"
                }
              },
              "clouds": [
                {
                  "name": "default",
                  "auth": {
                    "authUrl": "https://keystone.example:5000",
                    "username": "alice",
                    "password": "wonderland",
                    "projectName": "images"
                  },
                  "timeout": "30 s"
                }
              ]
            }

            """,
            JsonForm.Write(options, revealSecrets: true));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_setting_means_the_same_when_it_is_read_back(string path)
    {
        var file = Path.Combine(_settings.CurrentDirectory, "imgsync.json");
        var wanted = Examples.Bind(Examples.File(path));

        File.WriteAllText(file, JsonForm.Write(wanted, revealSecrets: true));

        Assert.Equal(Shown(wanted), Shown(Examples.Bind(File.ReadAllText(file))));
    }

    [Fact]
    public void Somebody_who_looks_on_sees_no_secret()
    {
        var written = JsonForm.Write(_settings.WithOpenrc().Options, revealSecrets: false);

        Assert.Contains("\"password\": \"***\"", written, StringComparison.Ordinal);
        Assert.DoesNotContain("wonderland", written, StringComparison.Ordinal);
    }

    /// <summary>With what is secret, too.</summary>
    private static string Shown(ImgsyncOptions options) => string.Join(
        '\n',
        EffectiveSettings.Of(options, null).Select(setting => setting.ToString())
            .Concat(
                options.Clouds.Select(
                    cloud =>
                        $"{cloud.Auth.Password?.Reveal()} {cloud.Auth.ApplicationCredentialSecret?.Reveal()} {cloud.Auth.Token?.Reveal()}"))
            .Append(options.Staging.ConnectionString?.Reveal()));
}

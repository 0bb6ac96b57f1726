using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Configuration.Sources;
using Microsoft.Extensions.Configuration;

namespace Imgsync.Core.Tests.Configuration.Sources;

public sealed class KeystoneSettingsTests : IDisposable
{
    private readonly Settings _settings = new();

    public void Dispose() => _settings.Dispose();

    [Fact]
    public void An_openrc_describes_the_cloud_default()
    {
        _settings.WithOpenrc()
            .WithVariable("OS_USER_DOMAIN_NAME", "Corp")
            .WithVariable("OS_REGION_NAME", "north")
            .WithVariable("OS_INTERFACE", "internal")
            .WithVariable("OS_CACERT", "/ca.pem")
            .WithVariable("OS_IMAGE_ENDPOINT_OVERRIDE", "https://glance.example/")
            .WithVariable("OS_IDENTITY_API_VERSION", "3");

        var cloud = _settings.OnlyCloud;

        Assert.Equal(("default", "north", "internal", "/ca.pem"), (cloud.Name, cloud.Region, cloud.Interface, cloud.CaFile));
        Assert.Equal(new Uri("https://glance.example/"), cloud.ImageEndpoint);
        Assert.Equal(("alice", "Corp", null), (cloud.Auth.Username, cloud.Auth.UserDomainName, cloud.Auth.UserDomainId));
        Assert.Equal("wonderland", cloud.Auth.Password!.Reveal());
        Assert.Equal(("images", null), (cloud.Auth.ProjectName, cloud.Auth.ProjectDomainId));
    }

    [Fact]
    public void The_older_words_of_an_openrc_are_understood_and_todays_win_over_them()
    {
        _settings.WithOpenrc()
            .WithVariable("OS_PROJECT_NAME", null)
            .WithVariable("OS_TENANT_NAME", "tenant")
            .WithVariable("OS_PROJECT_ID", "p-today")
            .WithVariable("OS_TENANT_ID", "p-yesterday")
            .WithVariable("OS_ENDPOINT_TYPE", "adminURL");

        var cloud = _settings.OnlyCloud;

        Assert.Equal(("tenant", "p-today", "admin"), (cloud.Auth.ProjectName, cloud.Auth.ProjectId, cloud.Interface));
    }

    [Theory]
    [InlineData("OS_DEFAULT_DOMAIN")]
    [InlineData("OS_DEFAULT_DOMAIN_ID")]
    public void A_default_domain_is_the_users_and_the_projects_where_theirs_is_not_named(string variable)
    {
        _settings.WithOpenrc().WithVariable(variable, "d1").WithVariable("OS_PROJECT_DOMAIN_NAME", "Corp");

        var auth = _settings.OnlyCloud.Auth;

        Assert.Equal(("d1", null, "Corp"), (auth.UserDomainId, auth.ProjectDomainId, auth.ProjectDomainName));
    }

    [Fact]
    public void The_variables_win_over_the_file_for_the_cloud_default_but_not_over_our_own_variables()
    {
        _settings.WithJson("""{ "clouds": [{ "auth": { "authUrl": "https://file.example", "username": "file", "password": "file", "projectName": "file" } }] }""")
            .WithOpenrc()
            .WithVariable("IMGSYNC__CLOUDS__0__AUTH__USERNAME", "bob");

        var cloud = _settings.OnlyCloud;

        Assert.Equal(("bob", "images", "wonderland"), (cloud.Auth.Username, cloud.Auth.ProjectName, cloud.Auth.Password!.Reveal()));
        Assert.Equal(new Uri("https://keystone.example/v3"), cloud.Auth.AuthUrl);
    }

    [Fact]
    public void The_variables_fill_what_the_only_cloud_leaves_open_and_no_half_of_a_sign_in()
    {
        _settings.WithJson("""{ "clouds": [{ "name": "paris", "auth": { "authUrl": "https://keystone.example/v3/", "userId": "u1", "projectId": "p1" } }] }""")
            .WithOpenrc();

        var cloud = _settings.OnlyCloud;

        Assert.Equal(
            ("paris", "u1", null, "p1", null),
            (cloud.Name, cloud.Auth.UserId, cloud.Auth.Username, cloud.Auth.ProjectId, cloud.Auth.ProjectName));
        Assert.Equal("wonderland", cloud.Auth.Password!.Reveal());
    }

    [Fact]
    public void A_password_is_never_lent_to_another_keystone()
    {
        _settings.WithJson("""{ "clouds": [{ "name": "paris", "auth": { "authUrl": "https://elsewhere.example", "userId": "u1", "password": "own" } }] }""")
            .WithOpenrc();

        var configuration = _settings.Load();

        Assert.Equal("own", configuration.Options.Clouds[0].Auth.Password!.Reveal());
        Assert.Null(configuration.Options.Clouds[0].Auth.ProjectName);
        Assert.Equal(
            "OS_AUTH_URL (environment) is another Keystone than that of the cloud 'paris', so the sign-in beside it is not used.",
            Assert.Single(configuration.Warnings));
    }

    [Fact]
    public void Among_several_clouds_the_variables_describe_only_the_one_called_default()
    {
        _settings.WithJson("""
            { "clouds": ["default", { "name": "paris", "auth": { "authUrl": "https://paris.example", "userId": "u", "password": "p" } }] }
            """)
            .WithOpenrc();

        var clouds = _settings.Options.Clouds;

        Assert.Equal(["default", "paris"], clouds.Select(cloud => cloud.Name).ToList());
        Assert.Equal(["alice", null], clouds.Select(cloud => cloud.Auth.Username).ToList());
    }

    [Fact]
    public void A_cloud_can_be_chosen_by_name_among_those_of_the_file()
    {
        _settings.WithJson("""
            { "clouds": [
              { "name": "paris", "auth": { "authUrl": "https://paris.example", "userId": "u", "password": "p" } },
              { "name": "lyon", "auth": { "authUrl": "https://lyon.example", "userId": "u", "password": "p" } } ] }
            """)
            .WithOption("clouds", "lyon");

        Assert.Equal(new Uri("https://lyon.example"), _settings.OnlyCloud.Auth.AuthUrl);
    }

    [Fact]
    public void OS_CLOUD_chooses_a_cloud_and_says_whom_it_leaves_out()
    {
        _settings.WithJson("""
            { "clouds": [
              { "name": "paris", "auth": { "authUrl": "https://paris.example", "userId": "u", "password": "p" } },
              { "name": "lyon", "auth": { "authUrl": "https://lyon.example", "userId": "u", "password": "p" } } ] }
            """)
            .WithVariable("OS_CLOUD", "lyon");

        var configuration = _settings.Load();

        Assert.Equal("lyon", Assert.Single(configuration.Options.Clouds).Name);
        Assert.Equal("OS_CLOUD selects the cloud 'lyon', so this run leaves out paris.", Assert.Single(configuration.Warnings));
    }

    [Fact]
    public void A_name_that_no_cloud_has_is_refused()
    {
        _settings.WithJson("""{ "clouds": [{ "name": "paris", "auth": { "authUrl": "https://paris.example", "userId": "u", "password": "p" } }] }""")
            .WithVariable("IMGSYNC__CLOUDS", "pariss");

        Assert.StartsWith("IMGSYNC__CLOUDS (environment) names the cloud 'pariss'", _settings.OnlyFault, StringComparison.Ordinal);
        Assert.Contains("did you mean paris?", _settings.OnlyFault, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_clouds_of_one_name_are_refused()
    {
        const string Cloud = """{ "name": "paris", "auth": { "authUrl": "https://paris.example", "userId": "u", "password": "p" } }""";
        _settings.WithJson($$"""{ "clouds": [{{Cloud}}, {{Cloud}}] }""");

        Assert.Equal("clouds names 'paris' 2 times: a cloud's name stands for one cloud.", _settings.OnlyFault);
    }

    [Theory]
    [InlineData("{}", "signs in by password and lacks auth.authUrl, auth.username (or auth.userId), auth.password.")]
    [InlineData("""{ "type": "v3token" }""", "signs in by v3token and lacks auth.authUrl, auth.token.")]
    [InlineData(
        """{ "type": "v3applicationcredential", "authUrl": "https://k.example", "applicationCredentialName": "ci" }""",
        "lacks auth.username (or auth.userId), because the credential is named and not numbered, auth.applicationCredentialSecret.")]
    [InlineData("""{ "type": "v3totp" }""", "asks for auth.type 'v3totp', which imgsync does not speak")]
    [InlineData("""{ "authUrl": "https://k.example", "userId": "u", "password": "p", "systemScope": "some" }""", "the only system scope is all")]
    public void A_sign_in_names_all_it_lacks(string auth, string complaint)
    {
        _settings.WithJson($$"""{ "clouds": [{ "name": "paris", "auth": {{auth}} }] }""");

        Assert.Contains(complaint, _settings.OnlyFault, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_scopes_come_down_to_one_with_a_warning()
    {
        _settings.WithOpenrc().WithVariable("OS_SYSTEM_SCOPE", "all").WithVariable("OS_DOMAIN_NAME", "Corp");

        var configuration = _settings.Load();

        var auth = configuration.Options.Clouds[0].Auth;
        Assert.Equal(("images", null, null), (auth.ProjectName, auth.DomainName, auth.SystemScope));
        Assert.Equal(
            "The cloud 'default' names several scopes (project, system), and a token has one: the project is used.",
            Assert.Single(configuration.Warnings));
    }

    [Fact]
    public void App_settings_are_the_same_thing_as_the_environment()
    {
        var appSettings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Imgsync:Distributions"] = "debian12",
            ["Imgsync:Publish:Keep"] = "0",
            ["IMGSYNC_SCHEDULE"] = "0 0 3 * * *",
            ["OS_AUTH_URL"] = "https://keystone.example",
            ["OS_USERNAME"] = "alice",
            ["OS_PASSWORD"] = "@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/password)",
        }).Build();

        var refusal = Assert.Throws<ConfigurationException>(
            () => OptionsLoader.Load(new ConfigurationSources { AppSettings = appSettings }));

        Assert.Contains("Imgsync__Publish__Keep (app settings) is '0': it must be at least 1.", refusal.Faults, StringComparer.Ordinal);
        Assert.Contains(
            "OS_PASSWORD (app settings) must be resolved by the platform: give the app's identity the right to read "
                + "that secret in the key vault.",
            refusal.Faults,
            StringComparer.Ordinal);
    }

    [Fact]
    public void No_secret_is_ever_told()
    {
        _settings.WithOpenrc()
            .WithVariable("IMGSYNC__STAGING__BLOBENDPOINT", "https://alice:hunter2@store.example/?sig=hunter2")
            .WithVariable("IMGSYNC__CLOUDS__0__AUTH__PASSWORDD", "hunter2")
            .WithVariable("IMGSYNC__CLOUDS__0__AUTH__TOKEN__X", "hunter2");

        Assert.Equal(3, _settings.Faults.Count);
        Assert.DoesNotContain("hunter2", string.Join(' ', _settings.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_source_is_named_with_what_the_setting_is_called_there()
    {
        _settings.WithSystemFile("imgsync.conf", "[DEFAULT]\nprefix = x\n[keystone_auth]\ntimeout = 30")
            .WithFile("clouds.yaml", "clouds: { paris: { auth: { auth_url: 'https://k.example', username: alice, password: p } } }")
            .WithVariable("IMGSYNC__MAXPARALLEL", "2")
            .WithOption("publish:keep", "3");

        var origins = _settings.Load().Settings.ToDictionary(setting => setting.Key, setting => setting.Origin, StringComparer.Ordinal);

        Assert.Equal($"[DEFAULT] prefix ({Path.Combine(_settings.SystemDirectory, "imgsync.conf")})", origins["publish.prefix"]);
        Assert.Equal($"[keystone_auth] timeout ({Path.Combine(_settings.SystemDirectory, "imgsync.conf")})", origins["clouds[0].timeout"]);
        Assert.Equal(
            $"clouds.paris.auth.username ({Path.Combine(_settings.CurrentDirectory, "clouds.yaml")})", origins["clouds[0].auth.username"]);
        Assert.Equal("IMGSYNC__MAXPARALLEL (environment)", origins["maxParallel"]);
        Assert.Equal("command line", origins["publish.keep"]);
        Assert.Equal("default", origins["publish.visibility"]);
    }

    [Fact]
    public void Config_show_masks_secrets_and_says_where_each_value_came_from()
    {
        _settings.WithOpenrc().WithJson("""{ "publish": { "keep": 5, "properties": { "a": "b" } } }""");

        var shown = _settings.Load().Settings.ToDictionary(setting => setting.Key, StringComparer.Ordinal);

        Assert.Equal(
            ("***", "OS_PASSWORD (environment)"), (shown["clouds[0].auth.password"].Value, shown["clouds[0].auth.password"].Origin));
        Assert.Equal(
            ("5", Path.Combine(_settings.CurrentDirectory, "imgsync.json")), (shown["publish.keep"].Value, shown["publish.keep"].Origin));
        Assert.Equal("b", shown["publish.properties.a"].Value);
        Assert.Equal(("4", "default"), (shown["maxParallel"].Value, shown["maxParallel"].Origin));
        Assert.DoesNotContain(shown.Values, setting => setting.Value.Contains("wonderland", StringComparison.Ordinal));
    }
}

using Imgsync.Core.Configuration;

namespace Imgsync.Core.Tests.Configuration.Sources;

public sealed class CloudsFilesTests : IDisposable
{
    private const string Paris = """
        clouds:
          paris:
            auth_type: v3password
            auth:
              auth_url: https://paris.example:5000
              username: alice
              user_domain_name: Corp
              password: from-clouds
              project_id: p1
            region_name: north
            interface: internal
            verify: no
            cacert: ~/ca.pem
            cert: /cert.pem
            key: /key.pem
            image_endpoint_override: https://glance.paris.example
            image_api_version: 2
            compute_api_version: 2.1
        """;

    private readonly Settings _settings = new();

    public void Dispose() => _settings.Dispose();

    [Fact]
    public void A_cloud_is_taken_from_clouds_yaml_by_its_name()
    {
        _settings.WithFile("clouds.yaml", Paris).WithJson("""{ "clouds": ["paris"] }""");

        var (options, warnings, _) = _settings.Load();

        var cloud = Assert.Single(options.Clouds);
        Assert.Equal(("paris", "north", "internal", true), (cloud.Name, cloud.Region, cloud.Interface, cloud.Insecure));
        Assert.Equal(
            (Path.Combine(_settings.HomeDirectory, "ca.pem"), "/cert.pem", "/key.pem"), (cloud.CaFile, cloud.CertFile, cloud.KeyFile));
        Assert.Equal(new Uri("https://glance.paris.example"), cloud.ImageEndpoint);
        Assert.Equal(
            ("v3password", "alice", "Corp", "p1"), (cloud.Auth.Type, cloud.Auth.Username, cloud.Auth.UserDomainName, cloud.Auth.ProjectId));
        Assert.Empty(warnings); // of its being insecure every run warns
    }

    [Fact]
    public void Secure_yaml_lies_over_clouds_yaml_key_by_key()
    {
        _settings.WithFile("clouds.yaml", Paris)
            .WithHomeFile(".config/openstack/secure.yaml", "clouds: { paris: { auth: { password: from-secure } } }")
            .WithVariable("OS_CLOUD", "paris");

        var auth = _settings.OnlyCloud.Auth;

        Assert.Equal(("alice", "from-secure"), (auth.Username, auth.Password!.Reveal()));
    }

    [Fact]
    public void The_nearest_file_counts_and_a_named_one_before_all()
    {
        const string Cloud = "clouds: {{ c: {{ auth: {{ auth_url: 'https://{0}.example', user_id: u, password: p }} }} }}";
        var named = Path.Combine(_settings.HomeDirectory, "my-clouds.yaml");
        string Host() => _settings.OnlyCloud.Auth.AuthUrl!.Host;

        _settings.WithVariable("OS_CLOUD", "c").WithSystemFile("openstack/clouds.yaml", Filled(Cloud, "etc"));
        Assert.Equal("etc.example", Host());
        _settings.WithHomeFile(".config/openstack/clouds.yml", Filled(Cloud, "home"));
        Assert.Equal("home.example", Host());
        _settings.WithHomeFile(
            "xdg/openstack/clouds.json", Filled(Cloud, "xdg")).WithVariable("XDG_CONFIG_HOME", Path.Combine(
                _settings.HomeDirectory, "xdg"));
        Assert.Equal("xdg.example", Host());
        _settings.WithFile("clouds.yaml", Filled(Cloud, "here"));
        Assert.Equal("here.example", Host());
        _settings.WithHomeFile("my-clouds.yaml", Filled(Cloud, "named")).WithVariable("OS_CLIENT_CONFIG_FILE", named);
        Assert.Equal("named.example", Host());
    }

    [Fact]
    public void A_profile_lies_under_its_cloud()
    {
        _settings.WithFile("clouds-public.yaml", """
            public-clouds:
              acme:
                auth: { auth_url: https://acme.example, user_domain_name: Acme }
                interface: admin
            """)
            .WithFile("clouds.yaml", "clouds: { mine: { profile: acme, interface: public, auth: { username: alice, password: p } } }");

        var cloud = _settings.OnlyCloud;

        Assert.Equal(("mine", "public", "alice", "Acme"), (cloud.Name, cloud.Interface, cloud.Auth.Username, cloud.Auth.UserDomainName));
        Assert.Equal(new Uri("https://acme.example"), cloud.Auth.AuthUrl);
    }

    [Fact]
    public void The_files_of_secrets_and_of_profiles_can_be_named_too()
    {
        _settings.WithFile("clouds.yaml", "clouds: { mine: { profile: acme, auth: { username: alice } } }")
            .WithFile("secure.yaml", "clouds: { mine: { auth: { password: near } } }")
            .WithHomeFile("my-secure.yaml", "clouds: { mine: { auth: { password: named } } }")
            .WithHomeFile("my-profiles.yaml", "public-clouds: { acme: { auth: { auth_url: 'https://acme.example' } } }")
            .WithVariable("OS_CLIENT_SECURE_FILE", Path.Combine(_settings.HomeDirectory, "my-secure.yaml"))
            .WithVariable("OS_CLIENT_VENDOR_FILE", Path.Combine(_settings.HomeDirectory, "my-profiles.yaml"));

        var auth = _settings.OnlyCloud.Auth;

        Assert.Equal(("named", new Uri("https://acme.example")), (auth.Password!.Reveal(), auth.AuthUrl));
    }

    [Fact]
    public void A_profile_that_nobody_describes_is_refused()
    {
        _settings.WithFile("clouds.yaml", "clouds: { mine: { profile: acme, auth: { username: alice, password: p } } }");

        Assert.Contains("of the profile 'acme', which no clouds-public.yaml describes", _settings.OnlyFault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cloud_of_several_regions_is_several_clouds_to_sync_to()
    {
        _settings.WithFile("clouds.yaml", """
            clouds:
              acme:
                auth: { auth_url: https://acme.example, user_id: u, password: p }
                regions:
                  - north
                  - name: south
                    values: { image_endpoint_override: https://south.acme.example, auth: { project_id: ps } }
            """)
            .WithJson("""{ "clouds": [{ "name": "acme", "publish": { "prefix": "acme " } }] }""");

        var clouds = _settings.Options.Clouds;

        Assert.Equal(
            [("acme/north", "north", null), ("acme/south", "south", "ps")], clouds.Select(
                cloud => (cloud.Name, cloud.Region, cloud.Auth.ProjectId)));
        Assert.Equal(new Uri("https://south.acme.example"), clouds[1].ImageEndpoint);
        Assert.All(clouds, cloud => Assert.Equal("acme ", cloud.Publish.Prefix));
        Assert.Equal("acme", _settings.WithVariable("OS_CLOUD", "acme").WithVariable("OS_REGION_NAME", "south").OnlyCloud.Name);
        Assert.Equal("south", _settings.OnlyCloud.Region);
    }

    [Fact]
    public void What_is_written_beside_the_name_lies_over_clouds_yaml()
    {
        _settings.WithFile("clouds.yaml", Paris)
            .WithFile("imgsync.yaml", """
                clouds:
                  - name: paris
                    region: south
                    distributions: [debian12]
                    auth: { projectId: p2 }
                """);

        var cloud = _settings.OnlyCloud;

        Assert.Equal(("south", "p2", "alice"), (cloud.Region, cloud.Auth.ProjectId, cloud.Auth.Username));
        Assert.Equal(["debian12"], cloud.Distributions);
    }

    [Fact]
    public void A_cloud_with_a_keystone_of_its_own_takes_nothing_from_a_namesake()
    {
        _settings.WithFile("clouds.yaml", Paris)
            .WithJson("""{ "clouds": [{ "name": "paris", "auth": { "authUrl": "https://other.example", "userId": "u", "password": "own" } }] }""");

        var cloud = _settings.OnlyCloud;

        Assert.Equal(("own", null, null), (cloud.Auth.Password!.Reveal(), cloud.Auth.Username, cloud.Region));
    }

    [Theory]
    [InlineData(
        "clouds: { paris: { auth: { auth_url: 'https://a:hunter2@k.example', user_id: u, password: p } } "
            + "}", "clouds.paris.auth.auth_url (")]
    [InlineData(
        "clouds: { paris: { image_api_version: 1, auth: { auth_url: 'https://k.example', user_id: u, password: p } } "
            + "}", "imgsync speaks version 2")]
    [InlineData(
        "clouds: { paris: { auth_type: v3multifactor, auth: { auth_url: 'https://k.example' } } }", "'v3multifactor', "
            + "which imgsync does not speak")]
    [InlineData(
        "clouds: { pari: { auth: { auth_url: 'https://k.example' } } }", "which neither a settings file nor clouds.yaml "
            + "describes (did you mean pari?).")]
    [InlineData("clouds: [", "clouds.yaml is not valid YAML at line ")]
    [InlineData("- paris", "clouds.yaml is not a YAML mapping")]
    [InlineData("clouds: &a { paris: *a }", "nests deeper than any setting")]
    public void A_cloud_that_cannot_be_used_is_refused(string clouds, string complaint)
    {
        _settings.WithFile("clouds.yaml", clouds).WithJson("""{ "clouds": "paris" }""");

        Assert.Contains(_settings.Faults, fault => fault.Contains(complaint, StringComparison.Ordinal));
        Assert.DoesNotContain("hunter2", string.Join(' ', _settings.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void A_clouds_yaml_that_nobody_asks_for_stops_nothing()
    {
        _settings.WithFile("clouds.yaml", "clouds: [").WithOpenrc();

        Assert.Equal("default", _settings.OnlyCloud.Name);
    }

    [Fact]
    public void A_named_clouds_file_must_be_there()
    {
        _settings.WithVariable("OS_CLIENT_CONFIG_FILE", "/nowhere/clouds.yaml").WithVariable("OS_CLOUD", "paris");

        Assert.Equal("OS_CLIENT_CONFIG_FILE names /nowhere/clouds.yaml, which is not there.", _settings.OnlyFault);
    }

    [Fact]
    public void Imgsync_yaml_is_imgsync_json_in_other_letters()
    {
        _settings.WithFile("imgsync.yaml", """
            distributions: [debian12, ubuntu24]   # kept current
            publish:
              prefix: "site "
              keep: 3
              visibility: community
              properties: { "trait:HW_CPU_X86_AVX2": required, hw_rng: yes }
            signatures: { keyServer: }
            """);

        var options = _settings.Options;

        Assert.Equal(["debian12", "ubuntu24"], options.Distributions);
        Assert.Equal(("site ", 3, ImageVisibility.Community), (options.Publish.Prefix, options.Publish.Keep, options.Publish.Visibility));
        Assert.Equal([new("trait:HW_CPU_X86_AVX2", "required"), new("hw_rng", "yes")], options.Publish.Properties);
        Assert.Null(options.Signatures.KeyServer);
    }

    [Fact]
    public void Json_beside_yaml_is_read_and_the_other_said_to_be_left()
    {
        _settings.WithJson("""{ "publish": { "prefix": "json" } }""").WithFile("imgsync.yaml", "publish: { prefix: yaml }");

        var configuration = _settings.Load();

        Assert.Equal("json", configuration.Options.Publish.Prefix);
        Assert.EndsWith("imgsync.yaml beside it is not.", Assert.Single(configuration.Warnings), StringComparison.Ordinal);
    }

    private static string Filled(string format, string name) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, format, name);
}

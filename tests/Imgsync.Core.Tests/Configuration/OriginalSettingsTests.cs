using Imgsync.Core.Configuration;

namespace Imgsync.Core.Tests.Configuration;

public sealed class OriginalSettingsTests : IDisposable
{
    /// <summary>Every option of the original's sample file, with a value of the right kind.</summary>
    private const string EveryOption = """
        [DEFAULT]
        prefix = "site "
        properties = a=1,b=x=y
        properties = c=3
        distributions = centos6,centos7,ubuntu14,ubuntu16,ubuntu18,ubuntu20,debian10,debian11,debian12
        debug = true
        log_config_append = <None>
        log_date_format = %Y-%m-%d %H:%M:%S
        log_file = /var/log/imgsync.log
        log_dir = /var/log
        watch_log_file = false
        use_syslog = false
        use_journal = false
        syslog_log_facility = LOG_USER
        use_json = false
        use_stderr = false
        use_eventlog = false
        log_rotate_interval = 1
        log_rotate_interval_type = days
        max_logfile_count = 30
        max_logfile_size_mb = 200
        log_rotation_type = none
        logging_context_format_string = %(asctime)s.%(msecs)03d %(process)d %(levelname)s %(instance)s%(message)s
        logging_default_format_string = %(asctime)s.%(msecs)03d %(process)d %(levelname)s %(instance)s%(message)s
        logging_debug_format_suffix = %(funcName)s %(pathname)s:%(lineno)d
        logging_exception_prefix = %(asctime)s.%(msecs)03d %(process)d ERROR %(name)s %(instance)s
        logging_user_identity_format = %(user)s %(tenant)s
        default_log_levels = amqp=WARN,boto=WARN
        publish_errors = false
        instance_format = "[instance: %(uuid)s] "
        instance_uuid_format = "[instance: %(uuid)s] "
        rate_limit_interval = 0
        rate_limit_burst = 0
        rate_limit_except_level = CRITICAL
        fatal_deprecations = false

        [centos6]
        download = latest

        [centos7]
        download = latest

        [keystone_auth]
        auth_type = password
        auth_section = keystone_auth
        cafile = /ca.pem
        certfile = /cert.pem
        keyfile = /key.pem
        insecure = false
        timeout = 30
        collect_timing = false
        split_loggers = false
        auth_url = https://keystone.example:5000
        system_scope = all
        domain_id = d
        domain_name = D
        project_id = p
        project_name = P
        project_domain_id = pd
        project_domain_name = PD
        trust_id = t
        default_domain_id = dd
        default_domain_name = DD
        user_id = u
        username = alice
        user_domain_id = ud
        user_domain_name = UD
        password = 'won$$der=land'
        """;

    private readonly Settings _settings = new();

    public void Dispose() => _settings.Dispose();

    [Fact]
    public void The_originals_sample_with_every_option_set_loads_with_warnings_and_no_error()
    {
        var path = Path.Combine(_settings.WithFile("imgsync.conf", EveryOption).CurrentDirectory, "imgsync.conf");

        var (options, warnings, _) = _settings.Load();

        Assert.Equal("site ", options.Publish.Prefix);
        Assert.Equal([new("a", "1"), new("b", "x=y"), new("c", "3")], options.Publish.Properties);
        Assert.Equal(["ubuntu18", "ubuntu20", "debian11", "debian12"], options.Distributions);
        Assert.Equal((true, "/var/log/imgsync.log"), (options.Log.Debug, options.Log.File));
        var cloud = Assert.Single(options.Clouds);
        Assert.Equal(("/ca.pem", "/cert.pem", "/key.pem", false), (cloud.CaFile, cloud.CertFile, cloud.KeyFile, cloud.Insecure));
        Assert.Equal((TimeSpan.FromSeconds(30), new Uri("https://keystone.example:5000")), (cloud.Timeout, cloud.Auth.AuthUrl));
        Assert.Equal(("u", "alice", "ud", "UD"), (cloud.Auth.UserId, cloud.Auth.Username, cloud.Auth.UserDomainId, cloud.Auth.UserDomainName));
        Assert.Equal("won$der=land", cloud.Auth.Password!.Reveal());
        Assert.Equal(3, warnings.Count);
        Assert.StartsWith($"{path} sets [DEFAULT] log_date_format, [DEFAULT] log_dir, ", warnings[0], StringComparison.Ordinal);
        Assert.Contains("[centos6] download, [centos7] download, [keystone_auth] auth_section, ", warnings[0], StringComparison.Ordinal);
        Assert.Contains("centos6, centos7, ubuntu14, ubuntu16, debian10", warnings[1], StringComparison.Ordinal);
        Assert.Contains("several scopes (trust, project, domain, system)", warnings[2], StringComparison.Ordinal);
    }

    [Fact]
    public void The_sample_with_nothing_but_its_comment_signs_taken_off_sets_nothing()
    {
        _settings.WithFile("imgsync.conf", """
            [DEFAULT]
            prefix =
            properties = <None>
            [keystone_auth]
            auth_type = <None>
            auth_url = <None>
            password = <None>
            """);

        var configuration = _settings.Load();

        Assert.Empty(configuration.Options.Clouds);
        Assert.Empty(configuration.Options.Publish.Properties);
        Assert.Empty(configuration.Warnings);
    }

    [Theory]
    [InlineData("[DEFAULT]\npropertys = a=b", "[DEFAULT] propertys (", "is not an option of imgsync.conf (did you mean properties?).")]
    [InlineData("[keystone_auth]\nauth_ulr = x", "[keystone_auth] auth_ulr (", "did you mean auth_url?")]
    [InlineData("[keystone_aut]\nauth_url = x", "[keystone_aut] auth_url (", "did you mean keystone_auth?")]
    [InlineData("[DEFAULT]\nproperties = oops", "[DEFAULT] properties (", "is 'oops': it must be written key=value.")]
    [InlineData("[DEFAULT]\nproperties = source=me", "[DEFAULT] properties (", "by which imgsync knows its own images")]
    [InlineData("[DEFAULT]\nprefix", "The settings file ", "has at line 2 neither a section")]
    public void A_fault_in_an_imgsync_conf_is_told_in_its_own_words(string conf, string start, string complaint)
    {
        _settings.WithFile("imgsync.conf", conf);

        Assert.StartsWith(start, _settings.OnlyFault, StringComparison.Ordinal);
        Assert.Contains(complaint, _settings.OnlyFault, StringComparison.Ordinal);
    }

    [Fact]
    public void The_deprecated_names_are_understood_and_a_default_domain_serves_user_and_project()
    {
        _settings.WithFile("imgsync.conf", """
            [keystone_auth]
            auth_plugin = v3password
            auth_url = https://keystone.example
            user_name = alice
            password = wonderland
            tenant_name = images
            default_domain_name = Corp
            """);

        var auth = _settings.OnlyCloud.Auth;

        Assert.Equal(("v3password", "alice", "images"), (auth.Type, auth.Username, auth.ProjectName));
        Assert.Equal(("Corp", null, "Corp", null), (auth.UserDomainName, auth.UserDomainId, auth.ProjectDomainName, auth.ProjectDomainId));
    }

    [Theory]
    [InlineData("v3applicationcredential", "application_credential_id = c\napplication_credential_secret = s")]
    [InlineData("v3token", "token = t")]
    public void Other_ways_to_sign_in_have_their_own_options(string type, string options)
    {
        _settings.WithFile("imgsync.conf", $"[keystone_auth]\nauth_type = {type}\nauth_url = https://keystone.example\n{options}");

        Assert.Equal(type, _settings.OnlyCloud.Auth.Type);
    }

    [Fact]
    public void A_line_may_go_on_in_the_next_and_name_another_option()
    {
        _settings.WithFile("imgsync.conf", """
            ; the original reads both signs of a comment
            [DEFAULT]
            prefix: site
            properties = a=$prefix,
                         b=${prefix}2,
                         c=$unknown
            distributions = debian12
            """);

        var publish = _settings.Options.Publish;

        Assert.Equal([new("a", "site"), new("b", "site2"), new("c", "$unknown")], publish.Properties);
    }

    [Fact]
    public void A_file_that_names_no_distributions_means_the_originals_default()
    {
        _settings.WithSystemFile("imgsync/imgsync.conf", "[DEFAULT]\nprefix = x");

        Assert.Equal(["ubuntu18", "ubuntu20", "ubuntu22", "debian11", "debian12"], _settings.Options.Distributions);
    }

    [Fact]
    public void Our_own_file_wins_over_the_originals()
    {
        _settings.WithSystemFile("imgsync/imgsync.conf", "[DEFAULT]\nprefix = original\nproperties = a=1,b=2\ndistributions = debian11")
            .WithJson("""{ "publish": { "prefix": "own", "keep": 3 } }""");

        var options = _settings.Options;

        Assert.Equal(("own", 3, 2), (options.Publish.Prefix, options.Publish.Keep, options.Publish.Properties.Count));
        Assert.Equal(["debian11"], options.Distributions);
    }

    [Fact]
    public void The_variables_of_an_openrc_win_over_keystone_auth()
    {
        _settings.WithFile("imgsync.conf", "[keystone_auth]\nauth_url = https://old.example\nusername = old\npassword = old\nproject_name = old")
            .WithVariable("OS_USERNAME", "alice")
            .WithVariable("OS_PASSWORD", "wonderland");

        var auth = _settings.OnlyCloud.Auth;

        Assert.Equal(("alice", "wonderland", "old", new Uri("https://old.example")), (auth.Username, auth.Password!.Reveal(), auth.ProjectName, auth.AuthUrl));
    }

    [Fact]
    public void The_file_can_be_named_outright()
    {
        var path = Path.Combine(_settings.WithHomeFile("mine.conf", "[DEFAULT]\nprefix = mine").HomeDirectory, "mine.conf");

        var options = OptionsLoader.Load(_settings.WithJson("""{ "publish": { "prefix": "near" } }""").Sources with { File = path }).Options;

        Assert.Equal("mine", options.Publish.Prefix);
    }
}

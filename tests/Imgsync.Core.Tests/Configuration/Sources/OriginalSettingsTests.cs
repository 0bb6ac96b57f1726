using Imgsync.Core.Configuration.Loading;

namespace Imgsync.Core.Tests.Configuration.Sources;

public sealed class OriginalSettingsTests : IDisposable
{
    private readonly Settings _settings = new();

    public void Dispose() => _settings.Dispose();

    [Fact]
    public void The_originals_sample_with_every_option_set_loads_with_warnings_and_no_error()
    {
        var path = Path.Combine(_settings.WithFile("imgsync.conf", OriginalSample.EveryOption).CurrentDirectory, "imgsync.conf");

        var (options, warnings, _) = _settings.Load();

        Assert.Equal("site ", options.Publish.Prefix);
        Assert.Equal([new("a", "1"), new("b", "x=y"), new("c", "3")], options.Publish.Properties);
        Assert.Equal(["ubuntu18", "ubuntu20", "debian11", "debian12"], options.Distributions);
        Assert.Equal((true, "/var/log/imgsync.log"), (options.Log.Debug, options.Log.File));
        var cloud = Assert.Single(options.Clouds);
        Assert.Equal(("/ca.pem", "/cert.pem", "/key.pem", false), (cloud.CaFile, cloud.CertFile, cloud.KeyFile, cloud.Insecure));
        Assert.Equal((TimeSpan.FromSeconds(30), new Uri("https://keystone.example:5000")), (cloud.Timeout, cloud.Auth.AuthUrl));
        Assert.Equal(
            ("u", "alice", "ud", "UD"), (cloud.Auth.UserId, cloud.Auth.Username, cloud.Auth.UserDomainId, cloud.Auth.UserDomainName));
        Assert.Equal("won$der=land", cloud.Auth.Password!.Reveal());
        Assert.Equal(3, warnings.Count);
        Assert.StartsWith($"{path} sets [DEFAULT] log_date_format, [DEFAULT] watch_log_file, ", warnings[0], StringComparison.Ordinal);
        Assert.Contains("[centos6] download, [centos7] download, [keystone_auth] auth_section, ", warnings[0], StringComparison.Ordinal);
        Assert.Contains("centos6, centos7, ubuntu14, ubuntu16, debian10", warnings[1], StringComparison.Ordinal);
        Assert.Contains("several scopes (trust, project, domain, system)", warnings[2], StringComparison.Ordinal);
    }

    [Fact]
    public void The_sample_with_nothing_but_its_comment_signs_taken_off_loads_with_two_warnings()
    {
        _settings.WithFile("imgsync.conf", OriginalSample.AsShipped);

        var (options, warnings, _) = _settings.Load();

        Assert.Empty(options.Clouds);
        Assert.Equal(("", 0, null), (options.Publish.Prefix, options.Publish.Properties.Count, options.Log.File));
        Assert.Equal(2, warnings.Count);
        Assert.EndsWith(
            "[keystone_auth] split_loggers: that has no meaning here and is passed over.", warnings[0], StringComparison.Ordinal);
        Assert.EndsWith("which the catalogue has no more: left out.", warnings[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("imgsync.conf", null, null, null)]
    [InlineData(null, ".imgsync/imgsync.conf", null, null)]
    [InlineData(null, null, "imgsync.conf", null)]
    [InlineData(null, null, null, "imgsync/imgsync.conf")]
    public void The_nearest_of_the_places_where_the_original_looks_counts(string? here, string? inDotFolder, string? atHome, string? inEtc)
    {
        const string Near = "[DEFAULT]\nprefix = near";
        const string Far = "[DEFAULT]\nprefix = far";
        if (here is not null)
            _settings.WithFile(here, Near);
        if ((here ?? inDotFolder) is not null)
            _settings.WithHomeFile(".imgsync/imgsync.conf", inDotFolder is null ? Far : Near);
        if ((here ?? inDotFolder ?? atHome) is not null)
            _settings.WithHomeFile("imgsync.conf", atHome is null ? Far : Near);
        _settings.WithSystemFile("imgsync/imgsync.conf", inEtc is null ? Far : Near);
        _settings.WithSystemFile("imgsync.conf", Far);

        Assert.Equal("near", _settings.Options.Publish.Prefix);
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

    [Theory]
    [InlineData("log_file = /var/log/mine.log", "/var/log/mine.log")]
    [InlineData("log_dir = /var/log/images\nlog_file = mine.log", "/var/log/images/mine.log")]
    [InlineData("logdir = /var/log/images/\nlogfile = night/mine.log", "/var/log/images/night/mine.log")]
    [InlineData("log_dir = /var/log\nlog_file = /srv/mine.log", "/srv/mine.log")]
    [InlineData("log_dir = /var/log/images", "/var/log/images/imgsync.log")]
    [InlineData("log_dir = /var/log\nlog_file = <None>", "/var/log/imgsync.log")]
    [InlineData("log_dir =\nlog_file = mine.log", "mine.log")]
    [InlineData("log_file = old.log\nlog_file = new.log\nlog_dir = /var/log", "/var/log/new.log")]
    [InlineData("log_dir = /var/log\nuse_syslog = false\nuse_journal = no\nuse_eventlog = 0", "/var/log/imgsync.log")]
    [InlineData("use_syslog = false", null)]
    public void The_log_is_written_where_the_original_wrote_it(string conf, string? file)
    {
        _settings.WithFile("imgsync.conf", $"[DEFAULT]\ndistributions = debian12\n{conf}");

        var (options, warnings, _) = _settings.Load();

        Assert.Equal(file, options.Log.File);
        Assert.Empty(warnings);
    }

    [Theory]
    [InlineData("use_syslog = true", "[DEFAULT] use_syslog (", "sends the log to syslog, which imgsync does not write to")]
    [InlineData("use_syslog = 1\nlog_file = mine.log", "[DEFAULT] use_syslog (", "logger -t imgsync")]
    [InlineData("use_journal = Yes", "[DEFAULT] use_journal (", "systemd-cat")]
    [InlineData("use_eventlog = on", "[DEFAULT] use_eventlog (", "event log of Windows")]
    [InlineData("use_syslog = maybe", "[DEFAULT] use_syslog (", "is 'maybe': it must be true or false.")]
    [InlineData("log_config_append = logging.ini", "[DEFAULT] log_config_append (", "a configuration of Python's")]
    [InlineData("log_config = logging.ini", "[DEFAULT] log_config (", "set log_file")]
    public void A_log_that_went_where_we_do_not_write_is_a_fault(string conf, string start, string complaint)
    {
        _settings.WithFile("imgsync.conf", $"[DEFAULT]\n{conf}");

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

        Assert.Equal(
            ["ubuntu18", "ubuntu20", "ubuntu22", "ubuntu24", "debian11", "debian12", "debian-testing"], _settings.Options.Distributions);
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
        _settings.WithFile(
            "imgsync.conf", "[keystone_auth]\nauth_url = https://old.example\nusername = old\npassword = old\nproject_name = old")
            .WithVariable("OS_USERNAME", "alice")
            .WithVariable("OS_PASSWORD", "wonderland");

        var auth = _settings.OnlyCloud.Auth;

        Assert.Equal(
            ("alice", "wonderland", "old", new Uri("https://old.example")),
            (auth.Username, auth.Password!.Reveal(), auth.ProjectName, auth.AuthUrl));
    }

    [Fact]
    public void The_file_can_be_named_outright()
    {
        var path = Path.Combine(_settings.WithHomeFile("mine.conf", "[DEFAULT]\nprefix = mine").HomeDirectory, "mine.conf");

        var options = OptionsLoader.Load(_settings.WithJson("""{ "publish": { "prefix": "near" } }""").Sources with { File = path }).Options;

        Assert.Equal("mine", options.Publish.Prefix);
    }
}

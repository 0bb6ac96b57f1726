using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;

namespace Imgsync.Core.Tests.Configuration.Loading;

public sealed class OptionsLoaderTests : IDisposable
{
    private readonly Settings _settings = new();

    public void Dispose() => _settings.Dispose();

    [Fact]
    public void Without_any_source_the_defaults_stand()
    {
        var configuration = _settings.Load();

        Assert.Equal(new ImgsyncOptions().MaxParallel, configuration.Options.MaxParallel);
        Assert.Empty(configuration.Options.Clouds);
        Assert.Empty(configuration.Warnings);
    }

    [Fact]
    public void The_settings_file_is_json_with_comments_and_trailing_commas_and_keys_in_any_case()
    {
        _settings.WithJson("""
            {
              // kept current every night
              "Distributions": ["debian12", "ubuntu24"],
              "publish": { "PREFIX": "site ", "visibility": "community", "keep": 3, "properties": { "trait:HW_CPU_X86_AVX2": "required" }, },
              "upstream": { "maxImageBytes": "30GiB", "idleTimeout": "90s" },
              "publishers": { "debian": "http://mirror.example/debian/" },
              "signatures": { "keyServer": "" },
            }
            """);

        var options = _settings.Options;

        Assert.Equal(["debian12", "ubuntu24"], options.Distributions);
        Assert.Equal("site ", options.Publish.Prefix);
        Assert.Equal(ImageVisibility.Community, options.Publish.Visibility);
        Assert.Equal(3, options.Publish.Keep);
        Assert.Equal("required", options.Publish.Properties["trait:HW_CPU_X86_AVX2"]);
        Assert.Equal(30L << 30, options.Upstream.MaxImageBytes);
        Assert.Equal(TimeSpan.FromSeconds(90), options.Upstream.IdleTimeout);
        Assert.Equal(new Uri("http://mirror.example/debian/"), options.Publishers["debian"]);
        Assert.Null(options.Signatures.KeyServer);
    }

    [Theory]
    [InlineData("OS_PASSWORD")]
    [InlineData("OS_PROJECT_NAME")]
    [InlineData("IMGSYNC__PUBLISH__PREFIX")]
    public void A_variable_that_is_no_UTF_8_is_a_fault_and_its_value_is_not_shown(string name)
    {
        _settings.WithVariable(name, "geh\uFFFDim");

        var fault = Assert.Single(_settings.Faults, line => line.Contains("UTF-8", StringComparison.Ordinal));

        Assert.Equal($"{name} (environment) is not UTF-8; set it from a shell or a file that is.", fault);
    }

    [Fact]
    public void Every_fault_is_told_at_once_and_names_its_key()
    {
        _settings.WithJson("""
            { "pubish": {}, "maxParallel": 65, "publish": { "keep": 0, "visibility": "everybody", "nameTemplate": "{tilte}" }, "upstream": { "idleTimeout": "60", "parallelStreams": 0 } }
            """)
            .WithVariable("IMGSYNC__UPSTREAM__RETRIES", "many");

        var faults = _settings.Faults;

        var json = Path.Combine(_settings.CurrentDirectory, "imgsync.json");
        Assert.Equal(
            [
                $"maxParallel ({json}) is '65': it must be between 1 and 64.",
                $"pubish ({json}) is not a setting (did you mean publish?).",
                $"publish.keep ({json}) is '0': it must be at least 1.",
                $"publish.nameTemplate ({json}) holds the unknown placeholder '{{tilte}}': use {{prefix}}, {{title}}, {{revision}}, "
                    + $"{{distribution}}, {{architecture}}, {{date}}.",
                $"publish.visibility ({json}) is 'everybody': it must be public, community, shared or private.",
                $"upstream.idleTimeout ({json}) is '60': it must be a duration, such as 00:08:00, 90s, 8m, 2h or 7d.",
                $"upstream.parallelStreams ({json}) is '0': it must be between 1 and 16.",
                "IMGSYNC__UPSTREAM__RETRIES (environment) is 'many': it must be a whole number.",
            ],
            faults.OrderBy(
                fault =>
                    fault.StartsWith("IMGSYNC", StringComparison.Ordinal)).ThenBy(fault =>
                        fault, StringComparer.OrdinalIgnoreCase).ToList());
    }

    [Theory]
    [InlineData("publish:kep", "publish.keep")]
    [InlineData("prune:keep", "publish.keep")]
    [InlineData("keep", "publish.keep")]
    [InlineData("publish:deleteAfter", "prune.deleteAfter")]
    [InlineData("prune:deletAfter", "prune.deleteAfter")]
    [InlineData("clouds:0:publish:kep", "clouds[0].publish.keep")]
    [InlineData("pubish", "publish")]
    public void A_key_that_is_not_there_is_told_with_the_whole_key_that_was_meant(string key, string meant)
    {
        _settings.WithOption("clouds:0:name", "a").WithOption(key, "1");

        Assert.Contains(
            _settings.Faults, fault => fault.EndsWith($"is not a setting (did you mean {meant}?).", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{ \"publish\": \"everything\" }", "is a section of settings, not a value")]
    [InlineData("{ \"maxParallel\": [1, 2] }", "takes one value, not a list or a section")]
    [InlineData("{ \"distributions\": { \"debian12\": true } }", "must be a list")]
    [InlineData("{ \"catalog\": { } , \"zzz\": 1 }", "zzz")]
    public void A_value_of_the_wrong_shape_is_refused(string json, string complaint)
    {
        _settings.WithJson(json);

        Assert.Contains(complaint, _settings.OnlyFault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0s")]
    [InlineData("25d")]
    public void A_time_out_is_one_that_a_timer_can_wait_for(string timeout)
    {
        _settings.WithVariable("IMGSYNC__UPSTREAM__IDLETIMEOUT", timeout);

        Assert.EndsWith(
            $"is '{timeout}': it must be longer than nothing and at most 24 days.", _settings.OnlyFault, StringComparison.Ordinal);
    }

    [Fact]
    public void An_age_may_be_nothing_or_years_or_empty_for_never()
    {
        _settings.WithJson("""{ "prune": { "deleteAfter": "", "hideAfter": "0", "deactivateAfter": "400d" } }""");

        var prune = _settings.Options.Prune;

        Assert.Equal((null, TimeSpan.Zero, TimeSpan.FromDays(400)), (prune.DeleteAfter, prune.HideAfter, prune.DeactivateAfter));
    }

    [Fact]
    public void A_malformed_file_is_told_with_its_line()
    {
        _settings.WithJson("{\n  \"publish\": {\n    \"keep\": 3 3\n  }\n}");

        Assert.Contains("imgsync.json is not valid JSON at line 3, byte 15: ", _settings.OnlyFault, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", _settings.OnlyFault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_named_must_be_there()
    {
        var sources = _settings.Sources with { File = Path.Combine(_settings.CurrentDirectory, "nowhere.json") };

        var refusal = Assert.Throws<ConfigurationException>(() => OptionsLoader.Load(sources));

        Assert.Contains("nowhere.json cannot be read", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        _settings.WithJson("""{ "publish": { "prefix": "file", "nameTemplate": "{title}", "keep": 7 } }""")
            .WithVariable("IMGSYNC__PUBLISH__PREFIX", "environment")
            .WithVariable("Imgsync__Publish__NameTemplate", "{revision}")
            .WithOption("publish:prefix", "command line");

        var publish = _settings.Options.Publish;

        Assert.Equal(("command line", "{revision}", 7), (publish.Prefix, publish.NameTemplate, publish.Keep));
    }

    [Fact]
    public void The_environment_wins_over_yaml_as_it_does_over_json()
    {
        _settings.WithFile("imgsync.yaml", "publish: { prefix: file, keep: 7 }").WithVariable("IMGSYNC__PUBLISH__PREFIX", "environment");

        var publish = _settings.Options.Publish;

        Assert.Equal(("environment", 7), (publish.Prefix, publish.Keep));
    }

    [Fact]
    public void The_nearest_settings_file_counts_and_a_named_one_before_all()
    {
        string Prefix() => _settings.Options.Publish.Prefix;

        _settings.WithSystemFile("imgsync/imgsync.json", """{ "publish": { "prefix": "etc" } }""");
        Assert.Equal("etc", Prefix());
        _settings.WithHomeFile(".config/imgsync/imgsync.yml", "publish: { prefix: home }");
        Assert.Equal("home", Prefix());
        _settings.WithHomeFile(
            "xdg/imgsync/imgsync.yaml", "publish: { prefix: xdg }").WithVariable("XDG_CONFIG_HOME", Path.Combine(
                _settings.HomeDirectory, "xdg"));
        Assert.Equal("xdg", Prefix());
        _settings.WithJson("""{ "publish": { "prefix": "here" } }""").WithHomeFile("mine.json", """{ "publish": { "prefix": "named" } }""");
        Assert.Equal("here", Prefix());
        var named = _settings.Sources with { File = Path.Combine(_settings.HomeDirectory, "mine.json") };
        Assert.Equal("named", OptionsLoader.Load(named).Options.Publish.Prefix);
    }

    [Fact]
    public void A_list_from_a_higher_source_replaces_the_lower_list_whole()
    {
        _settings.WithJson("""{ "distributions": ["debian11", "debian12", "debian13"] }""")
            .WithVariable("IMGSYNC__DISTRIBUTIONS__0", "ubuntu24");

        Assert.Equal(["ubuntu24"], _settings.Options.Distributions);
    }

    [Fact]
    public void A_list_may_be_one_value_with_commas()
    {
        _settings.WithVariable("IMGSYNC__DISTRIBUTIONS", "debian12, ubuntu24,");

        Assert.Equal(["debian12", "ubuntu24"], _settings.Options.Distributions);
    }

    [Fact]
    public void Variables_with_a_single_underscore_are_the_hosts_own()
    {
        _settings.WithVariable("IMGSYNC_SCHEDULE", "0 0 3 * * *").WithVariable("IMGSYNCX", "1");

        Assert.Empty(_settings.Load().Warnings);
    }

    [Theory]
    [InlineData("""["a=1", "b=x=y"]""")]
    [InlineData(""" "a=1,b=x=y" """)]
    [InlineData("""{ "a": "1", "b": "x=y" }""")]
    public void Properties_are_an_object_a_list_or_a_line_and_a_value_may_hold_an_equals_sign(string properties)
    {
        _settings.WithJson($$"""{ "publish": { "properties": {{properties}} } }""");

        var read = _settings.Options.Publish.Properties;

        Assert.Equal([new("a", "1"), new("b", "x=y")], read);
    }

    [Theory]
    [InlineData("""["oops"]""", "is 'oops': it must be written key=value")]
    [InlineData("""["a=1", "a=2"]""", "sets 'a' twice")]
    [InlineData("""{ "source": "me" }""", "publish.properties.source")]
    [InlineData("""["imgsync.sha256=00"]""", "'imgsync.sha256', by which imgsync knows its own images")]
    [InlineData("""{ "os_hash_value": "00" }""", "is an attribute of every image")]
    [InlineData("""{ "os_glance_failed_import": "x" }""", "Glance keeps names with os_glance to itself")]
    public void A_property_that_cannot_be_set_is_refused(string properties, string complaint)
    {
        _settings.WithJson($$"""{ "publish": { "properties": {{properties}} } }""");

        Assert.Contains(complaint, _settings.OnlyFault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_property_name_longer_than_glance_stores_is_refused()
    {
        _settings.WithJson($$"""{ "publish": { "properties": { "{{new string('k', 256)}}": "v" } } }""");

        Assert.Contains("Glance stores 1 to 255", _settings.OnlyFault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("staging")]
    [InlineData("./staging")]
    [InlineData("~/staging")]
    [InlineData(" ")]
    [InlineData(".")]
    public void A_staging_folder_is_a_whole_path(string folder)
    {
        _settings.WithOpenrc().WithVariable("IMGSYNC__STAGING__FOLDER", folder);

        Assert.Equal(
            $"IMGSYNC__STAGING__FOLDER (environment) is '{folder}': it must be a whole path, because any other begins where somebody "
                + "happens to start imgsync; leave it out for the default.",
            _settings.OnlyFault);
    }

    [Fact]
    public void An_empty_staging_folder_is_the_default_one()
    {
        _settings.WithOpenrc().WithVariable("IMGSYNC__STAGING__FOLDER", "");

        Assert.Null(_settings.Options.Staging.Folder);
    }
}

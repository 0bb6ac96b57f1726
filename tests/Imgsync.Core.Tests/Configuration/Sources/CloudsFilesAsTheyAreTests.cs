using System.Text;

namespace Imgsync.Core.Tests.Configuration.Sources;

/// <summary>Files and variables as people have them, read as openstacksdk reads them.</summary>
public sealed class CloudsFilesAsTheyAreTests : IDisposable
{
    private const string Auth = "auth: { auth_url: 'https://k.example', username: u, password: p, project_name: images }";

    private readonly Settings _settings = new();

    public void Dispose() => _settings.Dispose();

    [Theory]
    [InlineData("auth: { auth_url: 'https://k.example', username: u, password: p, project_name: images, domain_name: Acme }", "Acme", "Acme")]
    [InlineData("domain_name: Acme, " + Auth, "Acme", "Acme")]
    [InlineData("auth: { auth_url: 'https://k.example', username: u, password: p, project_id: p1, domain_name: Acme, user_domain_name: Corp }", "Corp", "Acme")]
    [InlineData("auth: { auth_url: 'https://k.example', username: u, password: p, tenant_name: images, domain_name: Acme }", "Acme", "Acme")]
    public void A_domain_beside_a_project_is_the_users_and_the_projects(string cloud, string userDomain, string projectDomain)
    {
        _settings.WithFile("clouds.yaml", $"clouds: {{ c: {{ {cloud} }} }}").WithVariable("OS_CLOUD", "c");

        var (options, warnings, _) = _settings.Load();

        var auth = Assert.Single(options.Clouds).Auth;
        Assert.Equal((userDomain, projectDomain, null), (auth.UserDomainName, auth.ProjectDomainName, auth.DomainName));
        Assert.Empty(warnings);
    }

    [Theory]
    [InlineData("OS_DOMAIN_NAME", "Acme", null)]
    [InlineData("OS_DOMAIN_ID", null, "Acme")]
    public void So_it_is_in_an_openrc(string variable, string? name, string? id)
    {
        var (options, warnings, _) = _settings.WithOpenrc().WithVariable(variable, "Acme").Load();

        var auth = Assert.Single(options.Clouds).Auth;
        Assert.Equal((name, id, name, id), (auth.UserDomainName, auth.UserDomainId, auth.ProjectDomainName, auth.ProjectDomainId));
        Assert.Equal((null, null), (auth.DomainName, auth.DomainId));
        Assert.Empty(warnings);
    }

    /// <summary>All in one go, each with its nearest name; what is empty says nothing.</summary>
    [Theory]
    [InlineData("passwrod: p, user-domian-name: Corp, colour: blue, nothing:", "passwrod (did you mean password?)",
        "user-domian-name (did you mean user_domain_name?)", "colour")]
    [InlineData("password: p, User_Domain_Name: Corp, region_name: north, verify: true, default_domain: d",
        "default_domain (did you mean default_domain_id?)")]
    [InlineData("password: { is: p, isnt: q }, mfa: { code: 1 }", "mfa")]
    public void A_word_within_auth_that_nobody_knows_is_a_fault(string words, params string[] expected)
    {
        _settings.WithFile("clouds.yaml", $"clouds: {{ c: {{ auth: {{ auth_url: 'https://k.example', username: u, {words} }} }} }}")
            .WithVariable("OS_CLOUD", "c");

        var faults = Assert.Throws<ConfigurationException>(() => _settings.Load()).Faults;

        Assert.Equal(expected.Length, faults.Count);
        foreach (var (word, fault) in expected.Zip(faults))
        {
            var parts = word.Split(" (", 2);
            Assert.StartsWith($"clouds.c.auth.{parts[0]} (", fault, StringComparison.Ordinal);
            Assert.EndsWith(
                $" is not a word of a sign-in{(parts.Length > 1 ? $" ({parts[1]}" : "")}.", fault, StringComparison.Ordinal);
        }
    }

    /// <summary>It has words of its own.</summary>
    [Fact]
    public void Of_a_type_that_is_not_spoken_here_the_type_is_told()
    {
        _settings.WithFile("clouds.yaml", "clouds: { c: { auth_type: v3totp, auth: { auth_url: 'https://k.example', username: u, passcode: 1 } } }")
            .WithVariable("OS_CLOUD", "c");

        Assert.Contains(
            "auth.type 'v3totp'", Assert.Single(Assert.Throws<ConfigurationException>(() => _settings.Load()).Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_project_it_is_the_scope()
    {
        _settings.WithFile("clouds.yaml", "clouds: { c: { auth: { auth_url: 'https://k.example', user_id: u, password: p, domain_name: Acme } } }")
            .WithVariable("OS_CLOUD", "c");

        Assert.Equal(("Acme", null), (_settings.OnlyCloud.Auth.DomainName, _settings.OnlyCloud.Auth.UserDomainName));
    }

    [Theory]
    [InlineData("<<: *common, region_name: north, auth: { <<: *auth, project_name: images }")]
    [InlineData("region_name: north, auth: { project_name: images, <<: *auth }, <<: *common")]
    [InlineData("<<: [*north, *common], auth: { <<: [{ project_name: images }, *auth] }")]
    [InlineData("<<: *north, <<: *common, auth: { <<: *auth, project_name: images }")]
    [InlineData("<<: { <<: *north, region_name: north }, auth: { <<: *auth, project_name: images }")]
    public void What_stands_in_a_mapping_wins_over_what_is_merged_and_the_first_merged_over_the_next(string cloud)
    {
        _settings.WithFile("clouds.yaml", $$"""
            common: &common { region_name: wrong, interface: internal }
            north: &north { region_name: north }
            auth: &auth { auth_url: "https://k.example", username: u, password: p, project_name: wrong }
            clouds: { c: { {{cloud}} } }
            """).WithVariable("OS_CLOUD", "c");

        Assert.Equal(("north", "images", "u"), (_settings.OnlyCloud.Region, _settings.OnlyCloud.Auth.ProjectName, _settings.OnlyCloud.Auth.Username));
    }

    [Theory]
    [InlineData("clouds:\n  c:\n    region_name: a\n    interface: public\n    region_name: b", "line 5: 'region_name' stands here and at line 3")]
    [InlineData("clouds: { c: { <<: north } }", "<< takes a mapping, or a list of mappings")]
    [InlineData("clouds: { c: *nobody }", "the anchor 'nobody' is not there")]
    [InlineData("clouds: { [c]: 1 }", "a key is a word, not a list or a mapping")]
    public void A_file_that_cannot_be_meant_is_refused_with_its_lines(string text, string complaint)
    {
        _settings.WithFile("clouds.yaml", text).WithVariable("OS_CLOUD", "c");

        Assert.Contains(complaint, Assert.Single(Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void Aliases_of_aliases_do_not_grow_for_ever()
    {
        var levels = Enumerable.Range(1, 9).Select(
            level => $"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 10))}]\n");
        var text = string.Concat(levels.Prepend("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"));
        _settings.WithFile("clouds.yaml", text + "clouds: { c: *a9 }").WithVariable("OS_CLOUD", "c");

        Assert.Contains("means more than 100000 values", Assert.Single(Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void Nor_does_a_file_nest_for_ever()
    {
        _settings.WithFile("clouds.yaml", "clouds: " + new string('[', 100_000)).WithVariable("OS_CLOUD", "c");

        Assert.Contains("nests deeper than any setting", Assert.Single(Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_names_that_differ_by_case_are_two_clouds()
    {
        _settings.WithFile("clouds.yaml", $"clouds: {{ Prod: {{ region_name: big, {Auth} }}, prod: {{ region_name: small, {Auth} }} }}");

        Assert.Equal("big", _settings.WithVariable("OS_CLOUD", "Prod").OnlyCloud.Region);
        Assert.Equal("small", _settings.WithVariable("OS_CLOUD", "prod").OnlyCloud.Region);
        Assert.Contains("names the cloud 'PROD'", Assert.Single(Faults("PROD")), StringComparison.Ordinal);
    }

    [Fact]
    public void One_name_is_found_in_whatever_case()
    {
        _settings.WithFile("clouds.yaml", $"clouds: {{ 'Site: one': {{ {Auth} }} }}").WithVariable("OS_CLOUD", "site: ONE");

        Assert.Equal("images", _settings.OnlyCloud.Auth.ProjectName);
    }

    [Fact]
    public void In_a_file_of_ours_the_case_of_a_key_does_not_matter_so_it_stands_once()
    {
        _settings.WithFile("imgsync.yaml", "publish: { keep: 1 }\nPublish: { keep: 2 }");

        Assert.Contains("has 'publish' and, at line 2, 'Publish', which are the same setting", Assert.Single(Faults()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("interface: public, image_interface: internal", "internal", "north", null)]
    [InlineData("image_interface: internal, interface: public", "internal", "north", null)]
    [InlineData("image_region_name: south", "public", "south", null)]
    [InlineData("image_endpoint: 'https://g.example'", "public", "north", "https://g.example")]
    [InlineData("image_endpoint: 'https://old.example', image_endpoint_override: 'https://g.example'", "public", "north", "https://g.example")]
    [InlineData("image_endpoint_override: 'https://{region_name}.g.example'", "public", "north", "https://north.g.example")]
    public void What_is_said_of_the_image_service_counts_before_what_is_said_of_all(
        string words, string audience, string region, string? endpoint)
    {
        _settings.WithFile("clouds.yaml", $"clouds: {{ c: {{ region_name: north, {words}, {Auth} }} }}").WithVariable("OS_CLOUD", "c");

        var cloud = _settings.OnlyCloud;

        Assert.Equal((audience, region), (cloud.Interface, cloud.Region));
        Assert.Equal(endpoint, cloud.ImageEndpoint?.OriginalString);
    }

    [Fact]
    public void A_region_s_name_in_the_URL_is_filled_in_once_for_each_region()
    {
        _settings.WithFile("clouds-public.yaml", "public-clouds: { site: { auth: { auth_url: 'https://{region_name}.k.example:5000' } } }")
            .WithFile("clouds.yaml", "clouds: { c: { profile: site, regions: [north, south], auth: { username: u, password: 'a{b}', project_name: images } } }")
            .WithJson("""{ "clouds": ["c"] }""");

        var clouds = _settings.Options.Clouds;

        Assert.Equal(["https://north.k.example:5000/", "https://south.k.example:5000/"], clouds.Select(cloud => $"{cloud.Auth.AuthUrl}"));
        Assert.All(clouds, cloud => Assert.Equal("a{b}", cloud.Auth.Password!.Reveal()));
    }

    [Fact]
    public void A_brace_that_names_nothing_is_a_fault()
    {
        _settings.WithFile("clouds.yaml", "clouds: { c: { auth: { auth_url: 'https://{zone}.k.example', username: u, password: p, project_id: p } } }")
            .WithVariable("OS_CLOUD", "c");

        Assert.Contains("has {zone} in its URL, and the cloud has no zone", Assert.Single(Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_word_with_hyphens_is_the_one_with_underscores()
    {
        _settings.WithFile("clouds-public.yaml", "public-clouds: { site: { region_name: south, image-interface: internal } }")
            .WithFile("clouds.yaml", """
                clouds:
                  c:
                    profile: site
                    region-name: north
                    cacert: /ca.pem
                    auth: { auth-url: "https://{region_name}.k.example", username: u-v, password: a-b, project-name: images, user-domain-name: Corp-A }
                """).WithVariable("OS_CLOUD", "c");

        var cloud = _settings.OnlyCloud;

        Assert.Equal(("north", "internal", "https://north.k.example"), (cloud.Region, cloud.Interface, cloud.Auth.AuthUrl!.OriginalString));
        Assert.Equal(
            ("u-v", "a-b", "images", "Corp-A"),
            (cloud.Auth.Username, cloud.Auth.Password!.Reveal(), cloud.Auth.ProjectName, cloud.Auth.UserDomainName));
    }

    [Theory]
    [InlineData("interface: [internal, public]", "clouds.c.interface")]
    [InlineData("image_interface: [internal]", "clouds.c.image_interface")]
    [InlineData("image-region-name: { a: b }", "clouds.c.image-region-name")]
    [InlineData("image_endpoint_override: ['https://g.example']", "clouds.c.image_endpoint_override")]
    [InlineData("user_domain_name: [a]", "clouds.c.user_domain_name")]
    public void A_word_that_takes_one_value_is_never_passed_over_where_it_has_several(string word, string label)
    {
        _settings.WithFile("clouds.yaml", $"clouds: {{ c: {{ {word}, {Auth} }} }}").WithVariable("OS_CLOUD", "c");

        var fault = Assert.Single(Faults());

        Assert.StartsWith(label + " (", fault, StringComparison.Ordinal);
        Assert.EndsWith(") takes one value, not a list or a section.", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("insecure: true, verify: true", true)]
    [InlineData("verify: true, insecure: true", true)]
    [InlineData("verify: false, insecure: false", true)]
    [InlineData("insecure: 'False', verify: no", true)]
    [InlineData("verify: false, cacert: /ca.pem", true)]
    [InlineData("insecure: false, verify: true", false)]
    [InlineData("verify: 'yes'", false)]
    [InlineData("insecure: off", false)]
    public void Either_of_the_words_about_certificates_lets_them_pass_whatever_their_order(string words, bool isInsecure)
    {
        _settings.WithFile("clouds.yaml", $"clouds: {{ c: {{ {words}, {Auth} }} }}").WithVariable("OS_CLOUD", "c");

        Assert.Equal(isInsecure, _settings.OnlyCloud.Insecure);
    }

    [Theory]
    [InlineData("verify: /etc/ssl/site-ca.pem", "clouds.c.verify", "'/etc/ssl/site-ca.pem'")]
    [InlineData("insecure: perhaps", "clouds.c.insecure", "'perhaps'")]
    public void Such_a_word_that_is_neither_true_nor_false_is_a_fault(string words, string label, string value)
    {
        _settings.WithFile("clouds.yaml", $"clouds: {{ c: {{ {words}, {Auth} }} }}").WithVariable("OS_CLOUD", "c");

        var fault = Assert.Single(Faults());

        Assert.StartsWith(label + " (", fault, StringComparison.Ordinal);
        Assert.EndsWith($") is {value}: it must be true or false; authorities go into cacert.", fault, StringComparison.Ordinal);
    }

    /// <summary>Where YAML 1.1 has them as numbers and truth values: nobody means 5349 by 012345, or True by yes.</summary>
    [Theory]
    [InlineData("012345")]
    [InlineData("12345")]
    [InlineData("yes")]
    [InlineData("1e5")]
    [InlineData("0x1F")]
    [InlineData("1_000")]
    [InlineData("12:30:45")]
    [InlineData("2024-01-02")]
    public void A_value_is_the_text_that_stands_there(string text)
    {
        _settings.WithFile(
            "clouds.yaml", $"clouds: {{ c: {{ auth: {{ auth_url: 'https://k.example', username: {text}, password: {text}, project_id: {text} }} }} }}")
            .WithVariable("OS_CLOUD", "c");

        var auth = _settings.OnlyCloud.Auth;

        Assert.Equal((text, text, text), (auth.Username, auth.Password!.Reveal(), auth.ProjectId));
    }

    [Theory]
    [InlineData("2")]
    [InlineData("'2.0'")]
    [InlineData("v2")]
    [InlineData("V2.9")]
    public void Version_two_of_the_image_API_may_be_written_as_people_do(string version)
    {
        _settings.WithFile("clouds.yaml", $"clouds: {{ c: {{ image_api_version: {version}, {Auth} }} }}").WithVariable("OS_CLOUD", "c");

        Assert.Equal("images", _settings.OnlyCloud.Auth.ProjectName);
    }

    [Fact]
    public void Carriage_returns_and_blanks_around_variables_are_not_theirs()
    {
        _settings.WithVariable("OS_AUTH_URL", "https://k.example\r")
            .WithVariable("OS_USERNAME", " alice \r")
            .WithVariable("OS_PASSWORD", " wonderland \r")
            .WithVariable("OS_PROJECT_NAME", "images\t\r")
            .WithVariable("OS_REGION_NAME", " \r")
            .WithVariable("OS_INTERFACE", "internal\r")
            .WithVariable("IMGSYNC__PUBLISH__PREFIX", "site \r");

        var (cloud, prefix) = (_settings.OnlyCloud, _settings.Options.Publish.Prefix);

        Assert.Equal(("alice", " wonderland ", "images"), (cloud.Auth.Username, cloud.Auth.Password!.Reveal(), cloud.Auth.ProjectName));
        Assert.Equal((null, "internal", "site "), (cloud.Region, cloud.Interface, prefix));
    }

    [Theory]
    [InlineData("'alice'")]
    [InlineData("\"alice\"")]
    [InlineData("\"alice\"\r")]
    public void A_variable_that_is_still_in_its_quotes_is_a_fault(string user)
    {
        _settings.WithOpenrc().WithVariable("OS_USERNAME", user);

        Assert.Equal(
            "OS_USERNAME (environment) is in quotes, which belong to a shell and not to the value: take them away.", Assert.Single(Faults(cloud: null)));
    }

    [Fact]
    public void A_password_may_be_in_quotes_and_that_is_told()
    {
        var (options, warnings, _) = _settings.WithOpenrc().WithVariable("OS_PASSWORD", "'wonderland'").Load();

        Assert.Equal("'wonderland'", options.Clouds[0].Auth.Password!.Reveal());
        Assert.Contains("OS_PASSWORD (environment) is in quotes", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.DoesNotContain("wonderland", warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_in_the_home_folder_is_found_there()
    {
        _settings.WithOpenrc().WithVariable("OS_CACERT", "~/ca.pem");

        Assert.Equal(Path.Combine(_settings.HomeDirectory, "ca.pem"), _settings.OnlyCloud.CaFile);
    }

    [Theory]
    [InlineData("imgsync.json", "{\n  \"publish\": {\n    \"prefix\": \"S\u00fcd \"\n} }", 3)]
    [InlineData("imgsync.yaml", "publish:\n  prefix: 'S\u00fcd '", 2)]
    [InlineData("imgsync.conf", "[DEFAULT]\n# \u00fc\nprefix = x", 2)]
    [InlineData("clouds.yaml", "clouds: { c: { auth: { password: '\u00fc' } } }", 1)]
    public void A_file_that_is_not_UTF_8_is_a_fault_with_its_line(string name, string text, int line)
    {
        _settings.WithFile(name, "");
        File.WriteAllText(Path.Combine(_settings.CurrentDirectory, name), text, Encoding.Latin1);

        var fault = Assert.Single(Faults());

        Assert.Contains($"{name} is not UTF-8 at line {line}, byte ", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_says_what_the_file_is()
    {
        _settings.WithFile("imgsync.yaml", "");
        File.WriteAllText(Path.Combine(_settings.CurrentDirectory, "imgsync.yaml"), "publish: { prefix: 'S\u00fcd ' }", Encoding.Unicode);

        Assert.Equal("S\u00fcd ", _settings.Options.Publish.Prefix);
    }

    private IReadOnlyList<string> Faults(string? cloud = "c") =>
        Assert.Throws<ConfigurationException>(() => _settings.WithVariable("OS_CLOUD", cloud).Load()).Faults;
}

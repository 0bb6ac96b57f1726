using Imgsync.Testing;

namespace Imgsync.Core.Tests.Configuration.Loading;

/// <summary>Secrets in files of their own, named by a setting or handed over by systemd.</summary>
public sealed class SecretFilesTests : IDisposable
{
    private const string Marked = "marked-secret-17";

    private readonly Settings _settings = new();

    public void Dispose() => _settings.Dispose();

    public static TheoryData<string> Ways =>
    [
        """{ "clouds": [{ "name": "default", "auth": { "password": "@FILE" } }] }""",
        """{ "clouds": [{ "name": "default", "auth": { "password": { "file": "FILE" } } }] }""",
        "OS_PASSWORD=@FILE",
        "IMGSYNC__CLOUDS__0__AUTH__PASSWORD=@FILE",
        "IMGSYNC__CLOUDS__0__AUTH__PASSWORD__FILE=FILE",
        "--set clouds:0:auth:password=@FILE",
    ];

    [Theory]
    [MemberData(nameof(Ways))]
    [Shows("a-secret-is-read-from-the-file-that-a-setting-names")]
    public void A_secret_is_read_from_the_file_that_a_setting_names(string way)
    {
        // What ends the line is an editor's; what stands before it is the password's, blanks and quotes included.
        Say(way, _settings.SecretFile($" \"{Marked}\" \r\n"));

        var configuration = _settings.Load();

        Assert.Equal($" \"{Marked}\" ", Assert.Single(configuration.Options.Clouds).Auth.Password?.Reveal());
        Assert.Empty(configuration.Warnings);
        Assert.DoesNotContain(configuration.Settings, setting => $"{setting}".Contains(Marked, StringComparison.Ordinal));
        Assert.Contains(configuration.Settings, setting => setting.Key is "clouds[0].auth.password" && setting.Origin.Contains(
            $": the file {_settings.CurrentDirectory}", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_secret_setting_may_stand_in_a_file()
    {
        var file = _settings.SecretFile(Marked);
        var auth = "{ \"authUrl\": \"https://k.example\", \"type\": \"v3token\", \"token\": \"@FILE\", \"applicationCredentialSecret\": \"@FILE\" }";
        _settings.WithJson($$"""{ "staging": { "connectionString": "@FILE" }, "clouds": [{ "auth": {{auth}} }] }""".Replace(
            "FILE", file, StringComparison.Ordinal));

        var options = _settings.Options;

        Assert.Equal(Marked, options.Staging.ConnectionString?.Reveal());
        Assert.Equal(Marked, options.Clouds[0].Auth.Token?.Reveal());
        Assert.Equal(Marked, options.Clouds[0].Auth.ApplicationCredentialSecret?.Reveal());
    }

    [Fact]
    public void The_password_of_a_clouds_yaml_may_stand_in_a_file()
    {
        var file = _settings.SecretFile(Marked);
        _settings.WithFile(
            "clouds.yaml",
            $"clouds: {{ paris: {{ auth: {{ auth_url: 'https://k.example', username: a, project_name: p, password: '@{file}' }} }} }}");

        Assert.Equal(Marked, _settings.OnlyCloud.Auth.Password?.Reveal());
    }

    [Theory]
    [InlineData("@home17")]
    [InlineData("@")]
    [InlineData("x@/y")]
    public void A_password_that_only_begins_with_the_sign_is_a_password(string password)
    {
        _settings.WithOpenrc().WithVariable("OS_PASSWORD", password);

        Assert.Equal(password, _settings.OnlyCloud.Auth.Password?.Reveal());
    }

    [Theory]
    [InlineData("OS_PASSWORD")]
    [InlineData("imgsync.clouds[0].auth.password")]
    [InlineData("imgsync.clouds.0.auth.password")]
    [InlineData("IMGSYNC__CLOUDS__0__AUTH__PASSWORD")]
    [Shows("a-credential-of-systemds-is-found-by-its-name")]
    public void A_credential_of_systemds_is_found_by_its_name(string name)
    {
        // A credential's text is the password, even one that looks as if it named a file.
        _settings.WithOpenrc().WithVariable("OS_PASSWORD", null)
            .WithJson("""{ "clouds": [{ "name": "default" }] }""")
            .WithCredential(name, "@/a/password\n")
            .WithCredential("tls-key", "somebody else's")
            .WithCredential("imgsync.json", "{ a file for --config }");

        Assert.Equal("@/a/password", _settings.OnlyCloud.Auth.Password?.Reveal());
    }

    [Fact]
    public void A_variable_counts_more_than_a_credential_and_a_credential_more_than_the_file()
    {
        _settings.WithJson("""{ "publish": { "prefix": "file ", "keep": 3 } }""")
            .WithCredential("imgsync.publish.prefix", "credential")
            .WithCredential("imgsync.publish.keep", "4")
            .WithVariable("IMGSYNC__PUBLISH__KEEP", "5");

        Assert.Equal(("credential", 5), (_settings.Options.Publish.Prefix, _settings.Options.Publish.Keep));
    }

    [Fact]
    public void A_credential_may_be_named_by_its_name_alone()
    {
        _settings.WithOpenrc().WithVariable("OS_PASSWORD", null).WithCredential("paris", Marked)
            .WithJson("""{ "clouds": [{ "name": "default", "auth": { "password": { "file": "paris" } } }] }""");

        Assert.Equal(Marked, _settings.OnlyCloud.Auth.Password?.Reveal());
    }

    [Fact]
    public void A_misspelt_credential_is_told()
    {
        _settings.WithCredential("imgsync.publish.prefx", "x");

        Assert.Equal("imgsync.publish.prefx (credential) is not a setting (did you mean publish.prefix?).", _settings.OnlyFault);
    }

    [Theory]
    [Shows("a-secrets-file-that-cannot-be-used-is-one-sentence-without-the-secret")]
    [InlineData("gone", "does not exist.")]
    [InlineData("gone/deeper", "does not exist.")]
    [InlineData("folder", "is a folder.")]
    [InlineData("empty", "is empty.")]
    [InlineData("line", "is empty.")]
    [InlineData("long", "is longer than 64 KiB, which no secret is.")]
    [InlineData("latin1", "is not UTF-8 at line 1, byte 17: save it as UTF-8.")]
    public void A_file_that_cannot_be_used_is_one_sentence_without_the_secret(string kind, string expected)
    {
        var path = Path.Combine(_settings.CurrentDirectory, kind);
        if (kind is "folder")
            Directory.CreateDirectory(path);
        else if (!kind.StartsWith("gone", StringComparison.Ordinal))
            File.WriteAllBytes(path, kind switch
            {
                "empty" => [],
                "line" => "\r\n"u8.ToArray(),
                "long" => new byte[(64 * 1024) + 1],
                _ => [.. "marked-secret-17"u8, 0xE9],
            });
        _settings.WithOpenrc().WithVariable("OS_PASSWORD", "@" + path);

        var fault = _settings.OnlyFault;

        Assert.Equal($"The file {path} that OS_PASSWORD (environment) names {expected}", fault);
        Assert.DoesNotContain(Marked, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "file": "" }""", "names the file ''")]
    [InlineData("""{ "file": "secrets/paris" }""", "names the file 'secrets/paris'")]
    [InlineData("""{ "file": "../paris" }""", "names the file '../paris'")]
    [InlineData("""{ "file": ".." }""", "that")]
    [InlineData("""{ "file": "/x", "also": "/y" }""", "takes one value")]
    [InlineData("""{ "fil": "/x" }""", "takes one value")]
    public void A_reference_that_names_no_file_is_refused(string reference, string expected)
    {
        _settings.WithOpenrc().WithVariable("OS_PASSWORD", null).WithCredential("paris", Marked)
            .WithJson($$"""{ "clouds": [{ "name": "default", "auth": { "password": {{reference}} } }] }""");

        Assert.Contains(_settings.Faults, fault => fault.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead, false)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead, true)]
    [Shows("a-secrets-file-that-everybody-may-read-is-warned-of")]
    public void A_file_that_everybody_may_read_is_used_and_warned_of(UnixFileMode mode, bool isWarnedOf)
    {
        var file = _settings.SecretFile(Marked, mode);
        _settings.WithOpenrc().WithVariable("OS_PASSWORD", "@" + file);

        var configuration = _settings.Load();

        Assert.Equal(Marked, configuration.Options.Clouds[0].Auth.Password?.Reveal());
        Assert.Equal(
            isWarnedOf
                ? [$"The file {file} that OS_PASSWORD (environment) names may be read by every user of this machine: take that right "
                    + $"away (chmod o= {file})."]
                : [],
            configuration.Warnings);
    }

    private void Say(string way, string file)
    {
        way = way.Replace("FILE", way.Contains("__FILE", StringComparison.Ordinal) ? "FILE" : file, StringComparison.Ordinal);
        _settings.WithOpenrc().WithVariable("OS_PASSWORD", null);
        if (way[0] is '{')
        {
            _settings.WithJson(way);
            return;
        }

        var (name, value) = way.Split('=') is [var left, var right] ? (left, right) : throw new InvalidOperationException(way);
        value = name.EndsWith("__FILE", StringComparison.Ordinal) ? file : value;
        if (name.StartsWith("--set ", StringComparison.Ordinal))
            _settings.WithOption(name["--set ".Length..], value).WithOption("clouds:0:name", "default");
        else
            _settings.WithVariable(name, value);
        if (name.StartsWith("IMGSYNC", StringComparison.Ordinal))
            _settings.WithVariable("IMGSYNC__CLOUDS__0__NAME", "default");
    }
}

using Imgsync.Core.Configuration;

namespace Imgsync.Core.Tests.Configuration.Loading;

/// <summary>What Glance would refuse is refused before any byte moves.</summary>
public sealed class PublishRulesTests : IDisposable
{
    private readonly Settings _settings = new();

    public void Dispose() => _settings.Dispose();

    [Theory]
    [InlineData("""["a", "b", "a"]""", "holds the tag 'a' 2 times: once is enough.")]
    [InlineData("""["a", ""]""", "holds a tag of 0 characters: Glance stores 1 to 255.")]
    [InlineData(
        """["os:{distro}"]""", "holds the unknown placeholder '{distro}': use {osDistro}, {osVersion}, {distribution}, {architecture}.")]
    public void A_tag_that_cannot_be_is_refused(string tags, string complaint)
    {
        _settings.WithJson($$"""{ "publish": { "tags": {{tags}} } }""");

        Assert.Equal($"publish.tags ({Path.Combine(_settings.CurrentDirectory, "imgsync.json")}) {complaint}", _settings.OnlyFault);
    }

    [Fact]
    public void A_tag_has_at_most_255_characters()
    {
        var longest = new string('a', 255);

        Assert.Equal([longest], _settings.WithVariable("IMGSYNC__PUBLISH__TAGS", longest).Options.Publish.Tags);
        _settings.WithVariable("IMGSYNC__PUBLISH__TAGS", longest + "a");
        Assert.EndsWith("holds a tag of 256 characters: Glance stores 1 to 255.", _settings.OnlyFault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@customers")]
    [InlineData("web@")]
    [InlineData(" ")]
    public void A_member_has_an_id_or_a_name_and_a_domain(string member)
    {
        _settings.WithJson($$"""{ "publish": { "members": ["{{member}}"] } }""");

        Assert.EndsWith(
            $"holds '{member}': a member is a project's id, or its name and domain, such as web@customers.",
            _settings.OnlyFault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("web@customers", "web", "customers")]
    [InlineData("web team @ Customers of ours", "web team", "Customers of ours")]
    [InlineData("ops@example.org@customers", "ops@example.org", "customers")]
    public void A_projects_name_and_domain_are_apart_by_the_last_at_sign(string member, string name, string domain) =>
        Assert.Equal(new ProjectName(name, domain), ProjectName.In(member));

    [Fact]
    public void Members_are_a_list_in_a_file_and_apart_by_commas_in_one_value()
    {
        _settings.WithJson("""{ "publish": { "visibility": "shared", "members": ["p1", "web@customers"] } }""");
        Assert.Equal(["p1", "web@customers"], _settings.Options.Publish.Members);

        _settings.WithOption("publish:members", "api@customers, p2").WithVariable("IMGSYNC__PUBLISH__MEMBERS__0", "nobody");
        Assert.Equal(["api@customers", "p2"], _settings.Options.Publish.Members);
    }

    [Fact]
    public void Tags_are_a_list_in_a_file_and_apart_by_commas_in_one_value()
    {
        _settings.WithJson("""{ "publish": { "tags": ["a, b", "os:{osDistro}"] } }""");
        Assert.Equal(["a, b", "os:{osDistro}"], _settings.Options.Publish.Tags);

        _settings.WithVariable("IMGSYNC__PUBLISH__TAGS", "os:{osDistro}, managed_by_osism");
        Assert.Equal(["os:{osDistro}", "managed_by_osism"], _settings.Options.Publish.Tags);
    }

    [Theory]
    [InlineData("imgsync.run", "takes away the property 'imgsync.run', by which imgsync knows its own images: leave it in.")]
    [InlineData("min_disk", "takes away 'min_disk', which is Glance's own and no property: leave it in.")]
    [InlineData("os_glance_importing_to_stores", "takes away 'os_glance_importing_to_stores', which is Glance's own and no property: leave it in.")]
    public void What_is_not_the_operators_cannot_be_taken_away(string name, string complaint)
    {
        _settings.WithJson($$"""{ "publish": { "removeProperties": ["{{name}}"] } }""");

        Assert.EndsWith(complaint, _settings.OnlyFault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{serial}", "'note' the unknown placeholder '{serial}': use {revision}, {buildDate}, {url}.")]
    [InlineData("{revision} {build-date}", "'note' the unknown placeholder '{build-date}': use {revision}, {buildDate}, {url}.")]
    public void A_property_with_an_unknown_placeholder_is_refused(string value, string complaint)
    {
        _settings.WithJson($$"""{ "publish": { "properties": { "note": "{{value}}" } } }""");

        Assert.EndsWith($"gives the property {complaint}", _settings.OnlyFault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{revision} of {buildDate}: {url}")]
    [InlineData("{ 'a': 1 }")]
    [InlineData("{}")]
    public void Known_placeholders_and_braces_that_are_none_are_values(string value)
    {
        _settings.WithJson($$"""{ "publish": { "properties": { "note": "{{value}}" } } }""");

        Assert.Equal(value, _settings.Options.Publish.Properties["note"]);
    }

    [Theory]
    [InlineData("""{ "publish": { "metadata": "scs", "properties": { "os_purpose": "desktop" } }, "clouds": [CLOUD] }""", "publish.properties.os_purpose")]
    [InlineData("""{ "publish": { "properties": { "os_purpose": "desktop" } }, "clouds": [CLOUD, { "name": "b", "auth": AUTH, "publish": { "metadata": "scs" } }] }""", "publish.properties.os_purpose")]
    [InlineData("""{ "overrides": { "debian12": { "publish": { "metadata": "scs", "properties": { "os_purpose": "desktop" } } } }, "clouds": [CLOUD] }""", "overrides.debian12.publish.properties.os_purpose")]
    [InlineData("""{ "publish": { "metadata": "scs" }, "clouds": [{ "name": "a", "auth": AUTH, "publish": { "properties": { "os_purpose": "desktop" } } }] }""", "clouds[0].publish.properties.os_purpose")]
    public void Where_the_profile_is_scs_a_value_that_the_standard_does_not_allow_is_refused(string json, string key)
    {
        _settings.WithJson(WithCloud(json));

        Assert.StartsWith(key, _settings.OnlyFault, StringComparison.Ordinal);
        Assert.EndsWith(
            "is 'desktop': it must be one of generic, oldgeneric, minimal, k8snode, gpu, network, custom (scs-0102), as publish.metadata is "
                + "scs.", _settings.OnlyFault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "publish": { "properties": { "os_purpose": "desktop" } }, "clouds": [CLOUD] }""")]
    [InlineData("""{ "publish": { "metadata": "scs" }, "clouds": [CLOUD, { "name": "b", "auth": AUTH, "publish": { "metadata": "none", "properties": { "os_purpose": "desktop" } } }] }""")]
    [InlineData("""{ "publish": { "metadata": "scs", "properties": { "image_build_date": "{buildDate}", "note": "any" } }, "clouds": [CLOUD] }""")]
    public void Elsewhere_a_property_may_have_any_value(string json) =>
        Assert.NotEmpty(_settings.WithJson(WithCloud(json)).Options.Clouds);

    private static string WithCloud(string json) => json
        .Replace("CLOUD", """{ "name": "a", "auth": AUTH }""", StringComparison.Ordinal)
        .Replace("AUTH", """{ "authUrl": "https://k.example", "userId": "u", "password": "p" }""", StringComparison.Ordinal);
}

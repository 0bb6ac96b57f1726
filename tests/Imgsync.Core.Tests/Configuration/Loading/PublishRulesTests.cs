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
}

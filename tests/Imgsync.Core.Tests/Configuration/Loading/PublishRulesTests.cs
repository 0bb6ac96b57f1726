namespace Imgsync.Core.Tests.Configuration.Loading;

/// <summary>What Glance would refuse is refused before any byte moves.</summary>
public sealed class PublishRulesTests : IDisposable
{
    private readonly Settings _settings = new();

    public void Dispose() => _settings.Dispose();

    [Theory]
    [InlineData("""["a", "b", "a"]""", "holds the tag 'a' 2 times: once is enough.")]
    [InlineData("""["a", ""]""", "holds a tag of 0 characters: Glance stores 1 to 255.")]
    [InlineData("""["os:{distro}"]""", "holds the unknown placeholder '{distro}': use {osDistro}, {osVersion}, {distribution}, {architecture}.")]
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

    [Fact]
    public void Tags_are_a_list_in_a_file_and_apart_by_commas_in_one_value()
    {
        _settings.WithJson("""{ "publish": { "tags": ["a, b", "os:{osDistro}"] } }""");
        Assert.Equal(["a, b", "os:{osDistro}"], _settings.Options.Publish.Tags);

        _settings.WithVariable("IMGSYNC__PUBLISH__TAGS", "os:{osDistro}, managed_by_osism");
        Assert.Equal(["os:{osDistro}", "managed_by_osism"], _settings.Options.Publish.Tags);
    }
}

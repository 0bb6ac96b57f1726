using Imgsync.Core.Catalog;
using Imgsync.Core.Catalog.Reading;

namespace Imgsync.Core.Tests.Catalog;

/// <summary>How strictly a catalogue is read, and where it is said to be wrong.</summary>
public sealed class MalformedCatalogTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"catalog-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("{ \"distributions\": null }", "$.distributions, line 1, byte 24")]
    [InlineData("{ \"publishers\": null }", "$.publishers, line 1, byte 21")]
    [InlineData("{\n \"distributions\": { \"debian12\": { \"title\": 12 } } }", "$.distributions.debian12.title, line 2, byte 46")]
    [InlineData("{ \"distributions\": { \"debian12\": { \"minRam\": \"12\" } } }", "$.distributions.debian12.minRam, line 1, byte 50")]
    [InlineData(
        "{ \"distributions\": { \"debian12\": { \"properties\": { \"a\": 1 } } } "
            + "}", "$.distributions.debian12.properties.a, line 1, byte 58")]
    [InlineData(
        "{ \"distributions\": { \"debian12\": { \"architectures\": \"Amd64\" } } "
            + "}", "$.distributions.debian12.architectures, line 1, byte 60")]
    [InlineData(
        "{ \"distributions\": { \"debian12\": { \"title\": \"a\", \"title\": \"a\" } } "
            + "}", "$.distributions.debian12.title, line 1, byte 62")]
    [InlineData("{ \"distributions\": { \"debian12\": { \"x\": 1, \"x\": 1 } } }", "$.distributions.debian12.x, line 1, byte 50")]
    [InlineData("{ \"distributions\": { \"debian12\": {}, \"debian12\": {} } }", "$.distributions.debian12, line 1, byte 52")]
    [InlineData("{ \"publishers\": { \"debian\": { \"signedBy\": [1] } } }", "$.publishers.debian.signedBy[0], line 1, byte 45")]
    [InlineData("{ \"distributions\": {}, \"distributions\": {} }", "$.distributions, line 1, byte 43")]
    [InlineData("{ \"x\": 1, \"x\": 1 }", "$.x, line 1, byte 17")]
    [InlineData("{ \"distributions\": {} } trailing", "$, line 1, byte 25")]
    [InlineData("{ \"distributions\": { \"a\": { \"x\": [[[[[[[[1]]]]]]]] } } }", "$.distributions.a.x, line 1, byte 39")]
    [InlineData("{ // note\n }", "$, line 1, byte 3")]
    [InlineData("{ \"distributions\": {}, }", "$, line 1, byte 24")]
    [InlineData("", "$, line 1, byte 1")]
    [InlineData("[]", "$, line 1, byte 2")]
    public void Is_refused_with_the_place_of_its_fault(string json, string place) =>
        Assert.Equal(
            $"The catalogue {_file} is not well-formed at {place}; its schema is that of the built-in catalogue.",
            Assert.Single(Refusal(json).Faults));

    [Theory]
    [InlineData("{ \"publishers\": { \"debian\": { \"url\": \"\\ud800\" } } }")]
    [InlineData("{ \"distributions\": { \"debian12\": {\n\"properties\": { \"a\": \"x\\udc00\" } } } }")]
    public void Half_a_character_is_refused_as_what_it_is(string json)
    {
        var fault = Assert.Single(Refusal(json).Faults);

        Assert.Matches(@"is not well-formed at \$\.\S+, line \d, byte \d+; it has half a character, a \\ud800 to", fault);
        Assert.Contains(_file, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_utf8_are_refused_with_their_place()
    {
        File.WriteAllBytes(_file, [.. "{ \"publishers\": {\n\"caf"u8, 0xE9, .. "\": {} } }"u8]);

        var fault = Assert.Single(Assert.Throws<ConfigurationException>(() => Load(_file)).Faults);

        Assert.Equal($"The catalogue {_file} is not UTF-8 at line 2, byte 5: save it as UTF-8.", fault);
    }

    [Theory]
    [InlineData("{ \"Distributions\": {} }", "Distributions is not a part of a catalogue")]
    [InlineData("{ \"distributions\": { \"debian12\": { \"Title\": \"x\" } } }", "distributions.debian12.Title is not a member")]
    public void Members_are_told_apart_by_their_case(string json, string expected) =>
        Assert.Contains(expected, Assert.Single(Refusal(json).Faults), StringComparison.Ordinal);

    [Theory]
    [InlineData("{}")]
    [InlineData("{ \"publishers\": {} }")]
    [InlineData("{ \"distributions\": { \"debian12\": { \"title\": null, \"minRam\": null, \"properties\": null } } }")]
    public void What_a_catalogue_does_not_say_stays_as_it_is_built_in(string json)
    {
        File.WriteAllText(_file, json);

        Assert.Equivalent(Load(userFile: null).All, Load(_file).All, strict: true);
    }

    private static DistributionCatalog Load(string? userFile) =>
        CatalogLoader.Load(userFile, new Dictionary<string, Uri>(StringComparer.Ordinal));

    private ConfigurationException Refusal(string json)
    {
        File.WriteAllText(_file, json);
        return Assert.Throws<ConfigurationException>(() => Load(_file));
    }
}

using System.Text;

namespace Imgsync.Core.Tests.Configuration.Sources;

/// <summary>Settings files with text that is none, or that says a thing twice: a fault with the place, and never another value.</summary>
public sealed class OddTextTests : IDisposable
{
    private readonly Settings _settings = new();

    public void Dispose() => _settings.Dispose();

    [Theory]
    [InlineData("{\n  \"maxParallel\": 3,\n  \"maxParallel\": 4\n}", "maxParallel", "line 2, byte 3", "line 3, byte 3")]
    [InlineData("{ \"maxParallel\": 3, \"MAXPARALLEL\": 3 }", "maxParallel", "line 1, byte 3", "line 1, byte 21")]
    [InlineData(
        "{\r\n\"publish\": { \"keep\": 3 },\r\n\"publish\": { \"prefix\": \"a\" } }", "publish", "line 2, byte 1", "line 3, byte 1")]
    [InlineData("{ \"publish\": {\n\"prefix\": \"\u00e9\", \"prefix\": \"b\" } }", "publish.prefix", "line 2, byte 1", "line 2, byte 17")]
    [InlineData("{ \"publish\": { \"keep\": 3 },\n \"publish:keep\": 4 }", "publish.keep", "line 1, byte 16", "line 2, byte 2")]
    [InlineData("{ \"clouds\": [{ \"name\": \"a\",\n\"name\": \"b\" }] }", "clouds[0].name", "line 1, byte 16", "line 2, byte 1")]
    [InlineData("{ \"maxParallel\": 3, \"m\\u0061xParallel\": 3 }", "maxParallel", "line 1, byte 3", "line 1, byte 21")]
    public void A_key_that_stands_twice_in_a_json_file_is_told_with_both_places(string json, string key, string first, string second)
    {
        _settings.WithJson(json);

        var path = Path.Combine(_settings.CurrentDirectory, "imgsync.json");
        Assert.Equal($"{key} ({path}) stands at {first} and again at {second}: leave one of them out.", _settings.Faults[0]);
    }

    [Theory]
    [InlineData("{ \"publish\": { \"prefix\": \"a\\ud800\" } }", "line 1, byte 26")]
    [InlineData("{ \"publish\":\n{ \"prefix\": \"\\udc00\\ud800\" } }", "line 2, byte 13")]
    [InlineData("{ \"distributions\": [\"debian12\",\n\"\\uDBFFx\"] }", "line 2, byte 1")]
    [InlineData("{ \"publish\": { \"properties\": { \"\\ud83d\": \"x\" } } }", "line 1, byte 32")]
    public void Half_a_character_in_a_json_file_is_a_fault_with_its_place(string json, string place)
    {
        _settings.WithJson(json);

        Assert.Contains($"half a character in the text at {place}", Assert.Single(_settings.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void A_whole_character_in_two_halves_is_text()
    {
        _settings.WithJson("{ \"publish\": { \"prefix\": \"\\ud83d\\ude00 \" } }");

        Assert.Equal("\U0001F600 ", _settings.Options.Publish.Prefix);
    }

    [Fact]
    public void All_that_is_odd_in_a_json_file_is_told_beside_the_other_faults()
    {
        _settings.WithJson(
            "{ \"pubish\": {}, \"publish\": { \"prefix\": \"\\ud800\", \"keep\": 0, \"keep\": 1 }, \"maxParallel\": 65 }");

        Assert.Equal(4, _settings.Faults.Count);
    }

    [Theory]
    [InlineData("[]", "is not a JSON object of names to values.")]
    [InlineData("\"debian12\"", "is not a JSON object of names to values.")]
    [InlineData("{} {}", "is not valid JSON at line 1, byte 4: ")]
    [InlineData("", "is not valid JSON at line 1, byte 1: ")]
    [InlineData("{\n\"publish\": { \"keep\": 03 } }", "is not valid JSON at line 2, byte ")]
    [InlineData("{ 'publish': {} }", "is not valid JSON at line 1, byte 3: ")]
    public void A_file_that_is_no_json_object_is_a_fault_with_its_place(string json, string complaint)
    {
        _settings.WithJson(json);

        Assert.Contains("imgsync.json " + complaint, _settings.OnlyFault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("imgsync.json", "{ \"publish\": {\n\"prefix\": \"caf?\" } }", 2)]
    [InlineData("imgsync.json", "{ \"publish\": {\n\n\"pre?fix\": \"x\" } }", 3)]
    [InlineData("imgsync.yaml", "publish:\n  prefix: caf?\n", 2)]
    [InlineData("imgsync.conf", "[DEFAULT]\n# ?\nprefix = x\n", 2)]
    public void Bytes_that_are_no_utf8_are_a_fault_with_their_line(string name, string text, int line)
    {
        _settings.WithFile(name, "");
        File.WriteAllBytes(
            Path.Combine(_settings.CurrentDirectory, name),
            [.. Encoding.ASCII.GetBytes(text).Select(letter => letter == '?' ? (byte)0xE9 : letter)]);

        Assert.Contains($"{name} is not UTF-8 at line {line}", _settings.OnlyFault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("publish:\n  prefix: \"a\\ud800\"\n", 2)]
    [InlineData("publish: { prefix: \"\\udc00\" }\n", 1)]
    [InlineData("publish:\n  prefix: a\n  prefix: b\n", 3)]
    public void Odd_text_in_a_yaml_file_is_a_fault_with_its_line(string yaml, int line)
    {
        _settings.WithFile("imgsync.yaml", yaml);

        Assert.Contains($"imgsync.yaml is not valid YAML at line {line}: ", _settings.OnlyFault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(30)]
    public void Aliases_of_aliases_are_bounded(int levels)
    {
        var yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var level = 1; level < levels; level++)
            yaml.Append(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 10))}]\n"));
        _settings.WithFile("imgsync.yaml", yaml.ToString());

        Assert.Contains("values, by aliases of aliases", _settings.OnlyFault, StringComparison.Ordinal);
    }
}

using System.Text.Json.Nodes;
using Imgsync.Core.Tests.Catalog;
using Imgsync.Core.Tests.Runs;
using Imgsync.Testing;
using NJsonSchema;

namespace Imgsync.Core.Tests.Configuration;

/// <summary>The schemas in docs/schema are those of the types, and say of a file what the program says of it. After a change to the
/// types, run these tests with <c>IMGSYNC_WRITE_DOCS=1</c> in the environment: they then write the schemas anew.</summary>
public sealed class SchemaTests
{
    private static readonly Dictionary<string, Func<string>> Writers = new(StringComparer.Ordinal)
    {
        ["imgsync.schema.json"] = SettingsSchema.Write,
        ["catalog.schema.json"] = CatalogSchema.Write,
        ["local.settings.schema.json"] = LocalSettingsSchema.Write,
        ["report.schema.json"] = ReportSchema.Write,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Paths => [.. DocumentedKey.All.Select(key => key.Path)];

    [Theory]
    [InlineData("imgsync.schema.json")]
    [InlineData("catalog.schema.json")]
    [InlineData("local.settings.schema.json")]
    [InlineData("report.schema.json")]
    public void A_schema_is_that_of_the_types(string name)
    {
        var file = Path.Combine(Checkout.Root, "docs", "schema", name);
        if (Environment.GetEnvironmentVariable("IMGSYNC_WRITE_DOCS") is "1")
            File.WriteAllText(file, Writers[name]());

        Assert.Equal(Writers[name](), File.ReadAllText(file));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Every_example_of_a_setting_is_valid(string path) =>
        Assert.Empty(await ComplaintsAsync("imgsync.schema.json", Examples.File(path)));

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Every_setting_has_a_name_as_an_app_setting_and_no_other(string path)
    {
        var name = "Imgsync__" + string.Join("__", path
            .Replace(DocumentedKey.ListItem, ".7", StringComparison.Ordinal)
            .Replace("<distribution>", "ubuntu24", StringComparison.Ordinal)
            .Split('.').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
        var value = AsText(JsonNode.Parse(Examples.Of(path))!);

        var valid = await ComplaintsAsync("local.settings.schema.json", $$"""{ "Values": { "{{name}}": "{{value}}" } }""");
        var misspelt = await ComplaintsAsync("local.settings.schema.json", $$"""{ "Values": { "{{name}}x": "{{value}}" } }""");

        Assert.Empty(valid);
        Assert.NotEmpty(misspelt);
    }

    [Theory]
    [InlineData("""{ "pubish": {} }""")]
    [InlineData("""{ "maxParallel": 65 }""")]
    [InlineData("""{ "publish": { "visibility": "everybody" } }""")]
    [InlineData("""{ "upstream": { "idleTimeout": "60" } }""")]
    [InlineData("""{ "upstream": { "parallelStreams": 17 } }""")]
    [InlineData("""{ "clouds": [{ "auth": { "authUrl": "keystone.example" } }] }""")]
    public async Task A_faulty_settings_file_is_not_valid(string json) =>
        Assert.NotEmpty(await ComplaintsAsync("imgsync.schema.json", json));

    [Fact]
    public async Task The_built_in_catalogue_is_valid() =>
        Assert.Empty(
            await ComplaintsAsync(
                "catalog.schema.json", await File.ReadAllTextAsync(Checkout.File("src/Imgsync.Core/Catalog/catalog.json"), Cancel)));

    [Theory]
    [InlineData("""{ "distribution": {} }""")]
    [InlineData("""{ "distributions": { "debian12": { "tittle": "x" } } }""")]
    [InlineData("""{ "distributions": { "debian12": { "path": "bookworm/latest" } } }""")]
    [InlineData("""{ "distributions": { "debian12": { "path": "/bookworm/" } } }""")]
    [InlineData("""{ "distributions": { "debian12": { "image": "a/{arch}.qcow2" } } }""")]
    [InlineData("""{ "distributions": { "debian12": { "architectures": ["Vax"] } } }""")]
    [InlineData("""{ "distributions": { "debian12": { "diskFormat": "qcow3" } } }""")]
    [InlineData("""{ "distributions": { "debian12": { "minRam": -1 } } }""")]
    [InlineData("""{ "publishers": { "debian": { "url": "ftp://cloud.debian.org/" } } }""")]
    [InlineData("""{ "publishers": { "debian": { "index": "simplestreams" } } }""")]
    [InlineData("""{ "publishers": { "ubuntu": { "signedBy": ["D2EB4462"] } } }""")]
    public async Task A_faulty_catalogue_is_not_valid(string json) => Assert.NotEmpty(await ComplaintsAsync("catalog.schema.json", json));

    [Fact]
    public async Task The_sample_of_local_settings_is_valid() =>
        Assert.Empty(
            await ComplaintsAsync(
                "local.settings.schema.json", await File.ReadAllTextAsync(Checkout.File("local.settings.sample.json"), Cancel)));

    [Theory]
    [InlineData("Imgsync__Publish__Kep", "3")]
    [InlineData("Imgsync__Publish__Keep", "many")]
    [InlineData("Imgsync__Publish__Visibility", "everybody")]
    [InlineData("Imgsync__Clouds__Auth__Password", "x")]
    [InlineData("Imgsync__Clouds__1__Auth__AuthUrl", "keystone.example")]
    [InlineData("Imgsync__Workflow__ActivityBudget", "480")]
    public async Task A_faulty_app_setting_is_not_valid(string name, string value) =>
        Assert.NotEmpty(await ComplaintsAsync("local.settings.schema.json", $$"""{ "Values": { "{{name}}": "{{value}}" } }"""));

    [Fact]
    public async Task What_the_platform_wants_besides_is_not_ours_to_judge() =>
        Assert.Empty(await ComplaintsAsync("local.settings.schema.json", """{ "Values": { "AZURE_CLIENT_ID": "x" }, "Host": { "LocalHttpPort": 7072 } }"""));

    private static string AsText(JsonNode example) => example switch
    {
        JsonArray list => string.Join(',', list),
        JsonObject pairs => string.Join(',', pairs.Select(pair => $"{pair.Key}={pair.Value}")),
        _ => $"{example}",
    };

    private static async Task<IReadOnlyList<string>> ComplaintsAsync(string schema, string json)
    {
        var read = await JsonSchema.FromFileAsync(Checkout.File($"docs/schema/{schema}"), Cancel);
        return [.. read.Validate(json).Select(complaint => complaint.ToString())];
    }
}

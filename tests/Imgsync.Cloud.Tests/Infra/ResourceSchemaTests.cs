using System.Text.Json;
using Azure.Bicep.Types.Az;
using Azure.Bicep.Types.Concrete;

namespace Imgsync.Cloud.Tests.Infra;

/// <summary>The compiled template, as Azure is given it, against the schemas that Microsoft publishes of its resources; and rules of ours
/// that no schema knows.</summary>
public sealed class ResourceSchemaTests
{
    private static readonly Lazy<(AzTypeLoader Loader, Azure.Bicep.Types.Index.TypeIndex Index)> Types = new(() =>
    {
        var loader = new AzTypeLoader();
        return (loader, loader.LoadTypeIndex());
    });

    private static readonly Lazy<Task<JsonDocument>> Compiled = new(CompileAsync);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_resource_is_what_its_schema_says()
    {
        var resources = Resources((await CompiledAsync()).RootElement).ToList();

        Assert.True(resources.Count > 25);
        Assert.Empty(resources.SelectMany(Complaints));
    }

    [Theory]
    [InlineData("allowSharedKeyAccess", "allowSharedKeyAcces")]
    [InlineData("\"tenantId\"", "\"tenant\"")]
    [InlineData("\"httpsOnly\": true", "\"httpsOnly\": \"yes\"")]
    [InlineData("\"2025-06-01\"", "\"2025-06-02\"")]
    public async Task A_template_that_is_not_is_noticed(string right, string wrong)
    {
        var text = (await CompiledAsync()).RootElement.GetRawText();
        Assert.Contains(right, text, StringComparison.Ordinal);

        using var broken = JsonDocument.Parse(text.Replace(right, wrong, StringComparison.Ordinal));

        Assert.NotEmpty(Resources(broken.RootElement).SelectMany(Complaints));
    }

    [Fact]
    public async Task No_secret_leaves_the_template_and_no_output_of_a_module_asks_for_keys()
    {
        var template = (await CompiledAsync()).RootElement;
        var text = template.GetRawText();

        Assert.DoesNotContain("listKeys(", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("listAccountSas(", text, StringComparison.OrdinalIgnoreCase);
        Assert.All(Templates(template), each =>
        {
            var secure = Members(each, "parameters")
                .Where(parameter => Named(parameter.Value, "type").StartsWith("secure", StringComparison.Ordinal)).Select(parameter => parameter.Name);
            var outputs = Members(each, "outputs").Select(output => output.Value.GetRawText()).ToList();
            Assert.All(secure, name => Assert.DoesNotContain(
                outputs, output => output.Contains($"parameters('{name}')", StringComparison.Ordinal)));
        });
    }

    [Fact]
    public async Task The_template_of_the_button_is_the_compiled_one() => Assert.Equal(
        (await CompiledAsync()).RootElement.GetRawText(),
        JsonDocument.Parse(await File.ReadAllTextAsync(Checkout.File("infra/azuredeploy.json"), Cancel)).RootElement.GetRawText());

    /// <summary>Compiled once for all tests that look at it.</summary>
    private static Task<JsonDocument> CompiledAsync() => Compiled.Value;

    private static async Task<JsonDocument> CompileAsync()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var (exitCode, said) = await BicepScript.RunAsync(
            "tools/bicep.sh", ["build", Checkout.File("infra/bicep/main.bicep"), "--outfile", file], CancellationToken.None);
        Assert.True(exitCode == 0, said);
        var text = await File.ReadAllTextAsync(file, CancellationToken.None);
        File.Delete(file);
        return JsonDocument.Parse(text);
    }

    private static IEnumerable<JsonElement> Templates(JsonElement template) => Members(template, "resources")
        .Where(resource => resource.Value.GetProperty("type").GetString() is "Microsoft.Resources/deployments")
        .SelectMany(module => Templates(module.Value.GetProperty("properties").GetProperty("template")))
        .Prepend(template);

    /// <summary>Those that the template makes, in every module.</summary>
    private static IEnumerable<JsonElement> Resources(JsonElement template) => Templates(template)
        .SelectMany(each => Members(WithVariables(each), "resources").Select(resource => resource.Value))
        .Where(resource => !resource.TryGetProperty("existing", out _)
            && resource.GetProperty("type").GetString() is not "Microsoft.Resources/deployments");

    /// <summary>What a resource takes whole from a variable, in its place.</summary>
    private static JsonElement WithVariables(JsonElement template) => JsonDocument.Parse(Members(template, "variables")
        .Where(variable => variable.Value.ValueKind is JsonValueKind.Object)
        .Aggregate(template.GetRawText(), (text, variable) => text.Replace(
            $"\"[variables('{variable.Name}')]\"", variable.Value.GetRawText(), StringComparison.Ordinal))).RootElement;

    private static JsonElement.ObjectEnumerator Members(JsonElement element, string name) =>
        element.TryGetProperty(name, out var members) ? members.EnumerateObject() : default;

    private static string Named(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString()! : "";

    private static IEnumerable<string> Complaints(JsonElement resource)
    {
        var name = $"{Named(resource, "type")}@{Named(resource, "apiVersion")}";
        var (loader, index) = Types.Value;
        if (index.Resources.FirstOrDefault(known => string.Equals(known.Key, name, StringComparison.OrdinalIgnoreCase)).Value is not { } found)
            return [$"{name} is not published"];

        // What the template language itself has on a resource is not the resource's.
        string[] language = ["type", "apiVersion", "copy", "condition", "dependsOn", "scope", "existing", "comments", "metadata"];
        var body = resource.EnumerateObject().Where(member => !language.Contains(member.Name, StringComparer.Ordinal));
        return Check(loader.LoadResourceType(found).Body.Type, body, name);
    }

    private static IEnumerable<string> Check(TypeBase type, JsonElement value, string path) => (type, value.ValueKind) switch
    {
        (_, JsonValueKind.String) when value.GetString() is ['[', not '[', ..] => [], // an expression: Azure works it out
        (AnyType or null, _) => [],
        (ObjectType or DiscriminatedObjectType, JsonValueKind.Object) => Check(type, value.EnumerateObject(), path),
        (ArrayType array, JsonValueKind.Array) =>
            value.EnumerateArray().SelectMany((item, i) => Check(array.ItemType.Type, item, $"{path}[{i}]")),
        (UnionType union, _) => union.Elements.Any(element => !Check(element.Type, value, path).Any())
            ? []
            : [$"{path} is {value.GetRawText()}, which is none of its values"],
        (StringLiteralType literal, JsonValueKind.String) => value.GetString() == literal.Value ? [] : [$"{path} is not '{literal.Value}'"],
        (StringType, JsonValueKind.String) => [],
        (IntegerType, JsonValueKind.Number) => [],
        (BooleanType, JsonValueKind.True or JsonValueKind.False) => [],
        (NullType, JsonValueKind.Null) => [],
        _ => [$"{path} is {value.ValueKind}, and must be {type.GetType().Name}"],
    };

    private static IEnumerable<string> Check(TypeBase type, IEnumerable<JsonProperty> members, string path)
    {
        var given = members.Where(member => member.Name is not "copy").ToList();
        var copied = members.Where(member => member.Name is "copy" && member.Value.ValueKind is JsonValueKind.Array)
            .SelectMany(copy => copy.Value.EnumerateArray().Select(each => Named(each, "name"))).ToList();
        var (known, further) = Properties(type, given);
        foreach (var member in given)
        {
            if (known.TryGetValue(member.Name, out var property))
            {
                foreach (var complaint in Check(property.Type.Type, member.Value, $"{path}.{member.Name}"))
                    yield return complaint;
            }
            else if (further is null)
            {
                yield return $"{path}.{member.Name} is not known";
            }
        }

        foreach (var (name, property) in known)
        {
            if (property.Flags.HasFlag(ObjectTypePropertyFlags.Required) && !property.Flags.HasFlag(ObjectTypePropertyFlags.ReadOnly)
                && name is not ("type" or "apiVersion") && !copied.Contains(name, StringComparer.Ordinal)
                && !given.Exists(member => string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase)))
                yield return $"{path}.{name} is missing";
        }
    }

    private static (Dictionary<string, ObjectTypeProperty> Known, TypeBase? Further) Properties(TypeBase type, List<JsonProperty> given)
    {
        if (type is ObjectType plain)
            return (new(plain.Properties, StringComparer.OrdinalIgnoreCase), plain.AdditionalProperties?.Type);

        var choice = (DiscriminatedObjectType)type;
        var all = new Dictionary<string, ObjectTypeProperty>(choice.BaseProperties, StringComparer.OrdinalIgnoreCase);
        var chosen = given.Find(member => member.Name == choice.Discriminator).Value is { ValueKind: JsonValueKind.String } value
            && choice.Elements.TryGetValue(value.GetString()!, out var element) ? element.Type as ObjectType : null;
        foreach (var (name, property) in chosen?.Properties ?? new Dictionary<string, ObjectTypeProperty>(StringComparer.Ordinal))
            all[name] = property;
        return (all, chosen is null ? new AnyType() : chosen.AdditionalProperties?.Type);
    }
}

using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Imgsync.Core.Content;
using Imgsync.Core.Runs;
using Imgsync.Core.Tests.Configuration;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Runs;

/// <summary>The JSON schema of a run's report, which is also a dry run's plan, written from its records and what their comments say.</summary>
internal static partial class ReportSchema
{
    private static readonly XDocument Comments = XDocument.Load(Path.ChangeExtension(typeof(SyncReport).Assembly.Location, ".xml"));

    internal static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.Strict,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    public static string Write() => Form.GetJsonSchemaAsNode(typeof(SyncReport), new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Describe,
    }).AsObject().Document("the report of a run, and the plan of a dry run");

    private static JsonObject Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var shape = type == typeof(RunId) ? SchemaPart.Text()
            : type == typeof(Digest) ? SchemaPart.Text("^sha(256|512):[0-9a-f]+$")
            : WordsInSchemas.Of(context.TypeInfo.Type) is { } words ? words
            : schema is JsonObject written ? written : [];
        shape.Remove("required"); // what a later version no longer has must not make its reports invalid
        if (context.PropertyInfo?.AttributeProvider is PropertyInfo property && Comment(property) is { } comment)
            shape.Insert(0, "description", comment);
        return shape;
    }

    private static string? Comment(PropertyInfo property) =>
        Text(Member($"P:{property.DeclaringType!.FullName}.{property.Name}")?.Element("summary"))
        ?? Text(Member($"T:{property.DeclaringType.FullName}")?.Elements("param")
            .FirstOrDefault(param => (string?)param.Attribute("name") == property.Name));

    private static XElement? Member(string name) =>
        Comments.Descendants("member").FirstOrDefault(member => (string?)member.Attribute("name") == name);

    private static string? Text(XElement? comment)
    {
        if (comment is null)
            return null;

        var words = comment.Nodes().Select(node => node is XElement { Name.LocalName: "see" } see
            ? ((string)see.Attribute("cref")!).Split('.')[^1]
            : node is XElement inner ? inner.Value : $"{node}");
        return Blanks().Replace(string.Concat(words), " ").Trim();
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Blanks();
}

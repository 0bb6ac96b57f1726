using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Imgsync.Core;
using Imgsync.Core.Content;
using Imgsync.Core.Runs;
using Imgsync.Functions.Http;
using Imgsync.Functions.Workflow;
using Imgsync.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ProblemDetails = Imgsync.Functions.Http.Problem;

namespace Imgsync.Functions.Tests.Http;

/// <summary>The OpenAPI document of the app: routes, methods and keys are read from the triggers, schemas from the records that are
/// answered. What each route answers stands here, and tests hold the answers to it.</summary>
internal static class OpenApiDescription
{
    public const string Json = "application/json";
    public const string Problems = "application/problem+json";

    private const string Reference = "#/components/schemas/";

    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.Strict,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly Dictionary<Type, string> Names = new()
    {
        [typeof(StatusAnswer)] = "Status",
        [typeof(RunAnswer)] = "Run",
        [typeof(SyncReport)] = "Report",
        [typeof(ImageOutcome)] = "Outcome",
        [typeof(RunAction)] = "Action",
        [typeof(RunStatus)] = "Progress",
        [typeof(InFlight)] = "InFlight",
        [typeof(PruneReport)] = "Pruning",
        [typeof(ContentFacts)] = "Content",
        [typeof(ProblemDetails)] = "Problem",
    };

    /// <summary>What a caller needs to know of each function. An answer without a type is one that has no body of ours.</summary>
    private static readonly Dictionary<string, Operation> Operations = new(StringComparer.Ordinal)
    {
        [nameof(Resync)] = new(
            "Starts a run by hand.",
            [
                new(202, "It has started. Location is the URL of its status.", "Started"),
                new(400, "The request cannot be met as it stands; faults names everything that stands in the way.", typeof(ProblemDetails)),
                new(409, "A run is under way: run names it.", typeof(ProblemDetails)),
            ]),
        [nameof(Runs.Status)] = new(
            "What is under way, what failed before it had a report or could not store it, and the last report.",
            [new(200, "How things stand. Before the first run it is empty.", typeof(StatusAnswer))]),
        [nameof(Runs.Run)] = new(
            "One run: its progress while it is under way, its report afterwards.",
            [new(200, "The run. Retry-After says when to look again at one under way.", typeof(RunAnswer)), NoSuchRun]),
        [nameof(Runs.Cancel)] = new(
            "Stops a run: nothing new is started, and what is at work ends its round.",
            [
                new(202, "It was told to stop. Location is the URL of its status.", typeof(RunAnswer)),
                NoSuchRun,
                new(409, "The run has ended.", typeof(ProblemDetails)),
            ]),
        [nameof(Metrics)] = new(
            "How the images stand and how runs ended, for Prometheus.",
            [new(200, "The figures of docs/monitoring.md, in Prometheus' text format.", Schema: null) { Text = "text/plain" }]),
        [nameof(Dashboard)] = new(
            "How everything stands, as a page for a browser.",
            [new(200, "The page that imgsync report --html writes, with a strict Content-Security-Policy.", Schema: null) { Text = "text/html" }]),
        [nameof(Health)] = new(
            "Whether the app works as it is set up. It needs no key and tells no details.",
            [
                new(200, "It does.", "Healthy"),
                new(503, "It does not: cause says why in a word. The routes with a key tell more.", typeof(ProblemDetails)),
            ]),
    };

    private static ApiAnswer NoSuchRun => new(404, "There is no such run.", typeof(ProblemDetails));

    /// <summary>Every function with an HTTP trigger.</summary>
    public static IReadOnlyList<Route> Routes { get; } =
    [
        .. from method in typeof(Resync).Assembly.GetTypes().SelectMany(type => type.GetMethods())
           let function = method.GetCustomAttribute<FunctionAttribute>()
           let trigger = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>())
               .FirstOrDefault(trigger => trigger is not null)
           where function is not null && trigger is not null
           orderby trigger.Route, trigger.Methods!.Single()
           select new Route(function.Name, trigger.Methods!.Single(), $"/api/{trigger.Route}", trigger.AuthLevel),
    ];

    /// <summary>What a route may answer: its own answers, and those of every route with a key.</summary>
    public static IReadOnlyList<ApiAnswer> Answers(Route route) => route.Authorization is AuthorizationLevel.Anonymous
        ? Operations[route.Function].Answers
        :
        [
            .. Operations[route.Function].Answers,
            new(401, "No key, or a wrong one. The host answers so, before our code runs.", Schema: null),
            new(500, "This cannot be done as the app is set up, or something unforeseen went wrong.", typeof(ProblemDetails)),
            new(503, "Not now, and Retry-After says when; or the settings cannot be used, and faults says why.", typeof(ProblemDetails)),
        ];

    public static string Write() => new JsonObject
    {
        ["openapi"] = "3.1.0",
        ["info"] = new JsonObject
        {
            ["title"] = "Imgsync",
            ["version"] = "1",
            ["description"] = "The HTTP routes of the Functions app. Within a version, members, words, answers and routes are added; "
                + "none is removed, renamed or given another meaning, and no type changes. Members that have no value are left out.",
            ["license"] = new JsonObject { ["name"] = "Apache 2.0", ["identifier"] = "Apache-2.0" },
        },
        ["servers"] = new JsonArray(
        [
            new JsonObject
            {
                ["url"] = "https://{host}",
                ["variables"] = new JsonObject
                {
                    ["host"] = new JsonObject { ["default"] = "imgsync.example", ["description"] = "The output hostName of the deployment." },
                },
            },
        ]),
        ["paths"] = new JsonObject(Routes.GroupBy(route => route.Path, StringComparer.Ordinal).Select(path => KeyValuePair.Create(
            path.Key, (JsonNode?)new JsonObject(path.Select(route => KeyValuePair.Create(route.Method, (JsonNode?)Described(route))))))),
        ["components"] = new JsonObject
        {
            ["schemas"] = Schemas(),
            ["securitySchemes"] = new JsonObject
            {
                ["header"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "x-functions-key" },
                ["query"] = new JsonObject { ["type"] = "apiKey", ["in"] = "query", ["name"] = "code" },
            },
        },
    }.ToJsonString(Layout).ReplaceLineEndings("\n") + "\n";

    private static JsonObject Described(Route route)
    {
        var described = new JsonObject
        {
            ["operationId"] = route.Function,
            ["summary"] = Operations[route.Function].Summary,
            ["security"] = route.Authorization is AuthorizationLevel.Anonymous
                ? []
                : new JsonArray([new JsonObject { ["header"] = new JsonArray() }, new JsonObject { ["query"] = new JsonArray() }]),
        };
        if (route.Path.Contains("{id}", StringComparison.Ordinal))
            described["parameters"] = new JsonArray(
            [
                new JsonObject
                {
                    ["name"] = "id",
                    ["in"] = "path",
                    ["required"] = true,
                    ["description"] = "The run, such as 20240717T181100Z-3f9a.",
                    ["schema"] = new JsonObject { ["type"] = "string" },
                },
            ]);
        if (route.Function is nameof(Resync))
            described["requestBody"] = new JsonObject
            {
                ["description"] = "What to sync; everything where there is no body. At most 64 KiB.",
                ["required"] = false,
                ["content"] = Content(Json, "Request"),
            };
        described["responses"] = new JsonObject(
            Answers(route).OrderBy(answer => answer.Status).Select(answer => KeyValuePair.Create(answer.Code, (JsonNode?)Described(answer))));
        return described;
    }

    private static JsonObject Described(ApiAnswer answer)
    {
        var described = new JsonObject { ["description"] = answer.Description };
        if (answer.Schema is { } schema)
            described["content"] = Content(answer.ContentType, schema);
        else if (answer.Text is { } text)
            described["content"] = new JsonObject { [text] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } } };
        return described;
    }

    private static JsonObject Content(string type, string schema) =>
        new() { [type] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = Reference + schema } } };

    private static JsonObject Schemas()
    {
        var schemas = new JsonObject
        {
            ["Request"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["distributions"] = NamesOf("Distributions; those of the settings where there are none."),
                    ["clouds"] = NamesOf("Clouds; those of the settings where there are none."),
                    ["force"] = new JsonObject { ["type"] = "boolean", ["description"] = "Publishes again even what is up to date." },
                    ["dryRun"] = new JsonObject
                    {
                        ["type"] = "boolean",
                        ["description"] = "Says what would be done and changes nothing.",
                    },
                },
                ["additionalProperties"] = false,
            },
            ["Started"] = OneText("run", "The run's id."),
            ["Healthy"] = OneText("status", "healthy"),
        };
        foreach (var (type, name) in Names)
            schemas[name] = Form.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions
            {
                TreatNullObliviousAsNonNullable = true,
                TransformSchemaNode = (context, schema) => Shared(context, schema, type),
            });
        return schemas;
    }

    private static JsonNode Shared(JsonSchemaExporterContext context, JsonNode schema, Type root)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (type == typeof(RunId) || type == typeof(Digest))
            return new JsonObject { ["type"] = "string" };
        if (WordsInSchemas.Of(context.TypeInfo.Type) is { } words)
            return words;
        if (type != root && Names.TryGetValue(type, out var name))
            return new JsonObject { ["$ref"] = Reference + name };
        if (schema is JsonObject shape)
            shape.Remove("required"); // members without a value are left out
        return schema;
    }

    private static JsonObject NamesOf(string description) => new()
    {
        ["type"] = "array",
        ["description"] = description,
        ["items"] = new JsonObject { ["type"] = "string", ["minLength"] = 1 },
    };

    private static JsonObject OneText(string member, string description) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject { [member] = new JsonObject { ["type"] = "string", ["description"] = description } },
        ["required"] = new JsonArray([member]),
        ["additionalProperties"] = false,
    };

    /// <param name="Path">With its prefix: <c>/api/runs/{id}</c>.</param>
    internal sealed record Route(string Function, string Method, string Path, AuthorizationLevel Authorization)
    {
        public string Name => $"{Method.ToUpperInvariant()} {Path}";
    }

    internal sealed record ApiAnswer(int Status, string Description, string? Schema)
    {
        public ApiAnswer(int status, string description, Type type)
            : this(status, description, Names[type])
        {
        }

        public string Code => Status.ToString(CultureInfo.InvariantCulture);

        /// <summary>The type of an answer that is no JSON.</summary>
        public string? Text { get; init; }

        public string ContentType => Text is not null ? Text : Status >= StatusCodes.Status400BadRequest ? Problems : Json;
    }

    private sealed record Operation(string Summary, IReadOnlyList<ApiAnswer> Answers);
}

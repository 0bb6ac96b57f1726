using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Imgsync.Core;
using Imgsync.Core.Runs;
using Imgsync.Functions.Workflow;
using Imgsync.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;
using Microsoft.OpenApi;
using NJsonSchema;

namespace Imgsync.Functions.Tests.Http;

/// <summary>docs/openapi.json and docs/api.md describe the routes that the code has, and what it answers there. After a change to a route or
/// an answer, run these tests with <c>IMGSYNC_WRITE_DOCS=1</c> in the environment: they then write the document anew.</summary>
public sealed partial class ApiPageTests : IDisposable
{
    private const string NewerRun = "20240717T181100Z-3f9a";

    private static readonly string Document = Path.Combine(Checkout.Root, "docs", "openapi.json");

    private readonly TestApp _app = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _app.Dispose();

    [Fact]
    public void The_document_has_the_routes_methods_and_keys_of_the_triggers_and_the_members_of_the_answers()
    {
        if (Environment.GetEnvironmentVariable("IMGSYNC_WRITE_DOCS") is "1")
            File.WriteAllText(Document, OpenApiDescription.Write());

        Assert.Equal(OpenApiDescription.Write(), File.ReadAllText(Document));
    }

    /// <summary>Read and judged by Microsoft.OpenApi, which knows the specification.</summary>
    [Fact]
    public async Task The_document_is_a_valid_one()
    {
        var text = await File.ReadAllTextAsync(Document, Cancel);

        var read = OpenApiDocument.Parse(text, "json");
        var broken = OpenApiDocument.Parse(text.Replace("\"description\": \"There is no such run.\"", "\"despcription\": \"\"", StringComparison.Ordinal), "json");

        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic!.SpecificationVersion);
        Assert.Empty(read.Diagnostic.Errors.Concat(read.Diagnostic.Warnings).Select(fault => $"{fault}"));
        Assert.NotEmpty(broken.Diagnostic!.Errors);
        Assert.Equal(
            OpenApiDescription.Routes.Select(route => route.Name),
            read.Document!.Paths.SelectMany(path => path.Value.Operations!.Select(operation => $"{operation.Key} {path.Key}")));
    }

    /// <summary>All but the host's own 401.</summary>
    [Fact]
    public async Task Every_answer_that_is_described_is_given_and_is_as_described()
    {
        var given = new List<(string Function, Response Response)>();

        await AskAsync(nameof(Health), _app.HealthAsync);
        await AskAsync(nameof(Metrics), _app.MetricsAsync);
        await AskAsync(nameof(Dashboard), _app.DashboardAsync);
        await AskAsync(nameof(Resync), () => _app.ResyncAsync());
        await AskAsync(nameof(Resync), () => _app.ResyncAsync("""{ "colour": 1 }"""));
        _app.Client.Has(OrchestrationRuntimeStatus.Running, TestApp.StartOf(NewerRun), UnderWay());
        await _app.Reports.SaveAsync(Report(), Cancel);
        await AskAsync(nameof(Resync), () => _app.ResyncAsync());
        await AskAsync(nameof(Runs.Status), _app.StatusAsync);
        await AskAsync(nameof(Runs.Run), () => _app.RunAsync(NewerRun));
        await AskAsync(nameof(Runs.Run), () => _app.RunAsync(TestApp.OlderRun));
        await AskAsync(nameof(Runs.Run), () => _app.RunAsync("nothing"));
        await AskAsync(nameof(Runs.Cancel), () => _app.CancelAsync(NewerRun));
        await AskAsync(nameof(Runs.Cancel), () => _app.CancelAsync(TestApp.OlderRun));
        await AskAsync(nameof(Runs.Cancel), () => _app.CancelAsync("nothing"));
        _app.Client.Look = () => throw new InvalidOperationException("a bug");
        await AskAsync(nameof(Runs.Status), _app.StatusAsync);
        await AskAsync(nameof(Runs.Run), () => _app.RunAsync(NewerRun));
        await AskAsync(nameof(Runs.Cancel), () => _app.CancelAsync(NewerRun));
        await AskAsync(nameof(Resync), () => _app.ResyncAsync());
        _app.Setup = _app.Setup with { Faults = ["publish.keep is 'many': it must be a whole number."] };
        await AskAsync(nameof(Runs.Status), _app.StatusAsync);
        await AskAsync(nameof(Runs.Run), () => _app.RunAsync(NewerRun));
        await AskAsync(nameof(Runs.Cancel), () => _app.CancelAsync(NewerRun));
        await AskAsync(nameof(Resync), () => _app.ResyncAsync());
        await AskAsync(nameof(Metrics), _app.MetricsAsync);
        await AskAsync(nameof(Dashboard), _app.DashboardAsync);
        using var unusable = new TestApp { Setup = _app.Setup };
        await AskAsync(nameof(Health), unusable.HealthAsync);

        foreach (var (function, response) in given)
        {
            var route = OpenApiDescription.Routes.Single(route => route.Function == function);
            var described = Assert.Single(OpenApiDescription.Answers(route), answer => answer.Status == response.Status);
            Assert.StartsWith(described.ContentType, response.Http.ContentType, StringComparison.Ordinal);
            if (described.Schema is { } schema)
                Assert.Empty((await SchemaAsync(schema)).Validate(response.Text).Select(fault => $"{function} {response.Status}: {fault}"));
        }

        var promised = OpenApiDescription.Routes.SelectMany(route => OpenApiDescription.Answers(route)
            .Where(answer => answer.Status is not StatusCodes.Status401Unauthorized && (route.Function, answer.Status) is not (nameof(Metrics) or nameof(Dashboard), 500))
            .Select(answer => (route.Function, answer.Status)));
        Assert.Equal(promised.Order(), given.Select(one => (one.Function, one.Response.Status)).Distinct().Order());

        async Task AskAsync(string function, Func<Task<Response>> askAsync) => given.Add((function, await askAsync()));
    }

    [Fact]
    public async Task The_page_has_every_route_and_its_examples_are_as_the_document_says()
    {
        var page = await File.ReadAllTextAsync(Checkout.File("docs/api.md"), Cancel);
        var sections = Section().Matches(page).ToList();

        Assert.Equal(OpenApiDescription.Routes.Select(route => route.Name).Order(), sections.Select(section => section.Groups["route"].Value).Order());
        foreach (var section in sections)
        {
            var route = OpenApiDescription.Routes.Single(route => route.Name == section.Groups["route"].Value);
            var examples = Example().Matches(section.Value).ToList();
            Assert.NotEmpty(examples);
            foreach (var example in examples)
            {
                var status = example.Groups["status"].Value;
                var schema = status is "" ? "Request"
                    : OpenApiDescription.Answers(route).Single(answer => answer.Status == int.Parse(status, CultureInfo.InvariantCulture)).Schema!;
                Assert.Empty((await SchemaAsync(schema)).Validate(example.Groups["json"].Value).Select(fault => $"{route.Name} {status}: {fault}"));
                Unknown(JsonNode.Parse(example.Groups["json"].Value), schema, route.Name);
            }
        }
    }

    /// <summary>An example may leave members out, and may have none that the answer has not.</summary>
    private static void Unknown(JsonNode? example, string schema, string route)
    {
        var known = JsonNode.Parse(OpenApiDescription.Write())!["components"]!["schemas"]![schema]!["properties"]!.AsObject();
        Assert.All(example!.AsObject(), member => Assert.True(known.ContainsKey(member.Key), $"{route}: {member.Key} is not known."));
    }

    private static async Task<JsonSchema> SchemaAsync(string name)
    {
        var schemas = JsonNode.Parse(OpenApiDescription.Write())!["components"]!["schemas"]!;
        var schema = schemas[name]!.DeepClone();
        schema["definitions"] = schemas.DeepClone();
        return await JsonSchema.FromJsonAsync(
            schema.ToJsonString().Replace("#/components/schemas/", "#/definitions/", StringComparison.Ordinal), Cancel);
    }

    private static RunStatus UnderWay() => new(
        RunId.Parse(NewerRun), RunPhase.Syncing, Total: 2, Done: 1,
        new Dictionary<OutcomeKind, int> { [OutcomeKind.Published] = 1 },
        new Dictionary<string, DistributionStage>(StringComparer.Ordinal) { ["debian12"] = DistributionStage.OtherClouds }, Omitted: 0)
    {
        InFlight = [new InFlight("debian12", "west")],
    };

    private static SyncReport Report()
    {
        var work = new SyncWork("debian12", "east", RunId.Parse(TestApp.OlderRun));
        return new SyncReport(
            RunId.Parse(TestApp.OlderRun), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddHours(1), DryRun: false,
            [Scenario.Published(work), Scenario.Failed(work) with { Warning = "old" }], new PruneReport([], ["west: no."]))
        {
            Complete = true,
            Warnings = ["Cannot tell notify[0]."],
        };
    }

    [GeneratedRegex(@"^## `(?<route>[A-Z]+ /\S+)`$.*?(?=^## |\z)", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, 1000)]
    private static partial Regex Section();

    [GeneratedRegex(@"^(Request|Answer (?<status>\d+)(, [^:]+)?):\n\n```json\n(?<json>.*?)^```$", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, 1000)]
    private static partial Regex Example();
}

using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Imgsync.Cli.CommandLine;
using Imgsync.Cli.Commands;
using Imgsync.Cli.Commands.Catalog;
using Imgsync.Cli.Commands.Help;
using Imgsync.Cli.Commands.Status;
using Imgsync.Cli.Display;
using Imgsync.Cli.Display.Answers;
using Imgsync.Core;
using Imgsync.Core.Checking;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Content;
using Imgsync.Core.Runs;
using Imgsync.Core.Upstream;
using Imgsync.Testing.Upstream;
using NJsonSchema;

namespace Imgsync.Cli.Tests;

/// <summary>A schema for each command's answer, in docs/schema/answers, written from the types; what the program answers is as its
/// schema says. After a change to the types, run these tests with <c>IMGSYNC_WRITE_DOCS=1</c> in the environment.</summary>
public sealed class AnswerSchemaTests : IDisposable
{
    private const string Promise =
        "Version 1. Within a version, members and words are added; none is removed, renamed or given another meaning, and no type changes. "
        + "Programs ignore members that they do not know. A number of a version stands in the file's $id.";

    private static readonly JsonSerializerOptions Form = new(AnswerJson.Default.Options)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict,
    };

    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly Dictionary<string, (Type Type, string Title)> Answers = new(StringComparer.Ordinal)
    {
        ["report"] = (typeof(SyncReport), "imgsync sync --json, plan --json, runs RUN --json, and a line of imgsync serve --json"),
        ["event"] = (typeof(RunEvent), "a line of imgsync sync --json-lines and imgsync serve --json-lines"),
        ["list"] = (typeof(IReadOnlyList<ListCommand.ListedDistribution>), "imgsync list --json"),
        ["resolve"] = (typeof(IReadOnlyList<ResolvedImage>), "imgsync resolve --json"),
        ["images"] = (typeof(IReadOnlyList<ImagesCommand.ListedImage>), "imgsync images --json"),
        ["verify"] = (typeof(IReadOnlyList<VerifiedImage>), "imgsync verify --json"),
        ["status"] = (typeof(StatusAnswer), "imgsync status --json"),
        ["runs"] = (typeof(IReadOnlyList<PastRun>), "imgsync runs --json"),
        ["config-show"] = (typeof(IReadOnlyList<EffectiveSetting>), "imgsync config show --json"),
        ["config-check"] = (typeof(CheckReport), "imgsync config check --json, catalog update-check --json and notify test --json"),
        ["catalog-check"] = (typeof(IReadOnlyList<CatalogCheckCommand.AskedFor>), "imgsync catalog check --json"),
        ["catalog-add"] = (typeof(CatalogAddCommand.AddedEntry), "imgsync catalog add --json"),
        ["version"] = (typeof(VersionCommand.Answer), "imgsync version --json"),
        ["failure"] = (typeof(FailureAnswer), "any command with --json that failed before it had an answer"),
    };

    /// <summary>Which schemas the answers of a command have.</summary>
    private static readonly Dictionary<string, string[]> OfCommands = new(StringComparer.Ordinal)
    {
        ["sync"] = ["report", "event"],
        ["plan"] = ["report"],
        ["serve"] = ["report", "event"],
        ["list"] = ["list"],
        ["resolve"] = ["resolve"],
        ["images"] = ["images"],
        ["verify"] = ["verify"],
        ["status"] = ["status"],
        ["runs"] = ["runs", "report"],
        ["config show"] = ["config-show"],
        ["config check"] = ["config-check"],
        ["notify test"] = ["config-check"],
        ["catalog check"] = ["catalog-check"],
        ["catalog add"] = ["catalog-add"],
        ["catalog update-check"] = ["config-check"],
        ["version"] = ["version"],
    };

    private readonly ProgramRun _program = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. Answers.Keys];

    public void Dispose() => _program.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_schema_is_that_of_the_types(string name)
    {
        var file = Path.Combine(Checkout.Root, "docs", "schema", "answers", $"{name}.schema.json");
        if (Environment.GetEnvironmentVariable("IMGSYNC_WRITE_DOCS") is "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, Write(name));
        }

        Assert.Equal(Write(name), File.ReadAllText(file));
    }

    /// <summary>Whoever gives a command <c>--json</c> gives its answer a schema, and the page of the command line a line about it.</summary>
    [Fact]
    public void Every_command_that_answers_in_json_has_a_schema_and_stands_on_the_page()
    {
        using var terminal = new Terminal();
        var root = ImgsyncProgram.Root(new SharedOptions(), terminal);
        var page = File.ReadAllText(Checkout.File("docs/command-line.md"));

        var answering = Commands(root).Where(command => command.Options.Any(option => option.Name is "--json" or "--json-lines")).ToList();

        Assert.Equal(OfCommands.Keys.Order(), answering.Select(Examples.Path).Order());
        Assert.All(OfCommands, command => Assert.All(command.Value, schema =>
        {
            Assert.Contains(schema, Answers.Keys);
            Assert.Contains(command.Key.Split(' ')[^1], Answers[schema].Title, StringComparison.Ordinal);
            Assert.Matches($@"(?m)^\|.*`{command.Key}[` ].*\[{schema}\]\(schema/answers/{schema}\.schema\.json\) \|$", page);
        }));
        Assert.Empty(Answers.Keys.Except(OfCommands.Values.SelectMany(schemas => schemas)).Except(["failure"]));

        static IEnumerable<Command> Commands(Command command) => command.Subcommands.SelectMany(Commands).Append(command);
    }

    [Fact]
    public async Task What_the_program_answers_is_as_its_schema_says()
    {
        var tree = new UpstreamTree(Path.Combine(_program.Home, "upstream"));
        Directory.CreateDirectory(tree.Folder);
        tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await using var server = await FolderServer.StartAsync(tree.Folder, Cancel);
        _program.Write("imgsync.json", $$"""
            {
              "distributions": ["debian12", "ubuntu24"], "staging": { "folder": "{{_program.Home}}/staging" },
              "publishers": { "debian": "{{server.DebianUrl}}", "ubuntu": "http://127.0.0.1:1/" },
              "upstream": { "retries": 0 }, "workflow": { "attempts": 1 }
            }
            """);

        var lines = await AnswerAsync(1, "sync", "--download-only", "--json-lines");
        var events = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in events)
            await IsValidAsync("event", line);
        Assert.Equal("report", (string?)JsonNode.Parse(events[^1])!["event"]);
        Assert.Equal(
            ["failed", "staged"], events.Select(line => (string?)JsonNode.Parse(line)!["outcome"]?["kind"]).OfType<string>().Order());
        Assert.Contains(events, line => line.Contains("\"stage\":\"transfer\"", StringComparison.Ordinal));

        await IsValidAsync("report", await AnswerAsync(1, "sync", "--download-only", "--dry-run", "--json"));
        await IsValidAsync("report", await AnswerAsync(1, "runs", "last", "--json"));
        await IsValidAsync("runs", await AnswerAsync(0, "runs", "--json"));
        await IsValidAsync("status", await AnswerAsync(1, "status", "--json"));
        await IsValidAsync("list", await AnswerAsync(0, "list", "--json"));
        await IsValidAsync("resolve", await AnswerAsync(0, "resolve", "debian12", "--json"));
        await IsValidAsync("config-show", await AnswerAsync(0, "config", "show", "--json"));
        await IsValidAsync("failure", await AnswerAsync(2, "config", "check", "--json")); // no cloud is configured
        await IsValidAsync("failure", await AnswerAsync(1, "runs", "20240717T181100Z-3f9a", "--json"));
        await IsValidAsync("failure", await AnswerAsync(1, "catalog", "check", "nowhere.json", "--json"));
        await IsValidAsync("config-check", await AnswerAsync(0, "catalog", "update-check", "debian12", "--json"));
        var version = await AnswerAsync(0, "version", "--json");
        await IsValidAsync("version", version);
        Assert.StartsWith((string)JsonNode.Parse(version)!["version"]!, await AnswerAsync(0, "version"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_before_there_is_an_answer_is_json_too()
    {
        var usage = await AnswerAsync(2, "sync", "--json", "--dry-rnu");
        var settings = await AnswerAsync(2, "sync", "--json", "--set", "publish.keep=none");
        var lines = await AnswerAsync(2, "sync", "--json-lines", "--set", "publish.keep=none");
        var nothing = await AnswerAsync(2, "sync", "--set", "publish.keep=none");

        foreach (var answer in (string[])[usage, settings, lines])
            await IsValidAsync("failure", answer);
        Assert.Equal(
            ("usage", "There is no option --dry-rnu of imgsync sync (did you mean --dry-run?).", "configuration", ""),
            ((string?)JsonNode.Parse(usage)!["error"]!["kind"], (string?)JsonNode.Parse(usage)!["error"]!["faults"]![0],
                (string?)JsonNode.Parse(settings)!["error"]!["kind"], nothing));
        Assert.Single(lines.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Every_word_is_spelt_in_one_way()
    {
        var schemas = string.Concat(Answers.Keys.Select(Write));

        Assert.Contains("\"up-to-date\"", schemas, StringComparison.Ordinal);
        Assert.DoesNotContain("UpToDate", schemas, StringComparison.Ordinal);
        Assert.Equal(
            "up-to-date", Words.Of(new ImageOutcome { Distribution = "a", Cloud = "b", Kind = OutcomeKind.UpToDate, Reason = "" }));
    }

    private static string Write(string name)
    {
        var (type, title) = Answers[name];
        var schema = Form.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = Describe,
        }).AsObject();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "$id", $"urn:imgsync:answer:{name}:1");
        schema.Insert(2, "title", title);
        schema.Insert(3, "description", Promise);
        return schema.ToJsonString(Layout).ReplaceLineEndings("\n") + "\n";
    }

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (type == typeof(RunId) || type == typeof(Digest))
            return new JsonObject { ["type"] = "string" };
        if (WordsInSchemas.Of(context.TypeInfo.Type) is { } words)
            return words;
        if (schema is JsonObject shape)
            shape.Remove("required"); // what a later version adds must not make the answers of this one invalid
        return schema;
    }

    internal static async Task IsValidAsync(string name, string answer)
    {
        var schema = await JsonSchema.FromFileAsync(Checkout.File($"docs/schema/answers/{name}.schema.json"), Cancel);
        Assert.Empty(schema.Validate(answer).Select(complaint => $"{name}: {complaint}"));
    }

    private async Task<string> AnswerAsync(int exitCode, params string[] arguments)
    {
        var ended = await _program.RunAsync(arguments);
        Assert.True(ended.ExitCode == exitCode, $"{string.Join(' ', arguments)}: {ended.ExitCode}, {ended.StandardError}");
        return ended.StandardOutput;
    }
}

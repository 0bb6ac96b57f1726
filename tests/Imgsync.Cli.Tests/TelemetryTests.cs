using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Imgsync.Testing.Http;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary>What a collector gets over OTLP, read from the protobuf of its requests (opentelemetry-proto, trace/v1/trace.proto).</summary>
public sealed class TelemetryTests(DevCloud cloud)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_collector_gets_a_run_as_one_trace_with_a_span_a_stage_and_its_measurements()
    {
        await using var collector = Collector();
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        scenario.Program.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"{collector.Url}";
        scenario.Program.Environment["TRACEPARENT"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        var ended = await scenario.Program.RunAsync("sync", "debian12");

        Assert.Equal(0, ended.ExitCode);
        var spans = Spans(collector);
        var root = Assert.Single(spans, span => span.Name is "imgsync sync");
        var image = Assert.Single(spans, span => span.Name is "sync");
        Assert.Equal(("0AF7651916CD43DD8448EB211C80319C", "B7AD6B7169203331"), (root.Trace, root.Parent));
        Assert.Equal(root.Id, image.Parent);
        Assert.Equal("imgsync", root.Service);
        Assert.All(
            ["resolve", "settle", "transfer", "publish"],
            stage => Assert.Contains(spans, span => span.Name == stage && span.Parent == image.Id && span.Trace == root.Trace));
        Assert.All(
            [("distribution", "debian12"), ("cloud", "default"), ("outcome", "published"), ("revision", "20240717-1811")],
            tag => Assert.Equal(tag.Item2, image.Tags.GetValueOrDefault(tag.Item1)));
        Assert.True(image.Took > TimeSpan.Zero && image.Took < TimeSpan.FromMinutes(2), $"{image.Took}");
        Assert.Contains(
            "imgsync.images", string.Concat(Bodies(collector, "/v1/metrics").Select(Encoding.Latin1.GetString)), StringComparison.Ordinal);
    }

    /// <summary>It listens and says nothing, it is not there, or it is no URL.</summary>
    [Fact]
    public async Task A_dead_collector_neither_delays_the_end_nor_changes_it()
    {
        await using var silent = new ScriptedServer();
        silent.Always("POST", "/v1/traces", Answer.Silence).Always("POST", "/v1/metrics", Answer.Silence);

        var ends = await Task.WhenAll(new[] { $"{silent.Url}", "http://127.0.0.1:1", "collector:4317" }.Select(async endpoint =>
        {
            using var program = new ProgramRun();
            program.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
            return (Clock: Stopwatch.StartNew(), Ended: await program.RunAsync("list", "--json"));
        }));

        Assert.All(ends, end => Assert.Equal(0, end.Ended.ExitCode));
        Assert.All(ends, end => Assert.InRange(end.Ended.RunTime, TimeSpan.Zero, TimeSpan.FromSeconds(15))); // 3, and a slow machine
        Assert.Equal(["", "", "imgsync: warning: OTEL_EXPORTER_OTLP_ENDPOINT is no http or https URL, so telemetry goes nowhere.\n"],
            ends.Select(end => end.Ended.StandardError));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task At_Ctrl_C_what_is_known_is_sent_and_without_a_collector_nothing_of_it_is_loaded(bool isSet)
    {
        await using var collector = Collector();
        await using var publisher = new ScriptedServer();
        publisher.Always("GET", "/bookworm/latest/debian-12-genericcloud-amd64.json", Answer.Silence);
        using var program = new ProgramRun();
        program.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = isSet ? $"{collector.Url}" : "";

        var running = program.Start("resolve", "debian12", "--set", $"publishers.debian={publisher.Url}");
        await Eventually.TrueAsync("the publisher is asked", () => publisher.Requests.Count > 0);
        var loaded = await File.ReadAllTextAsync($"/proc/{running.ProcessId}/maps", Cancel);
        await CliWrap.Cli.Wrap("kill").WithArguments(["-INT", running.ProcessId.ToString(CultureInfo.InvariantCulture)]).ExecuteAsync(Cancel);
        var ended = await running;

        Assert.Equal(130, ended.ExitCode);
        Assert.Equal(isSet ? ["imgsync resolve"] : [], Spans(collector).Select(span => span.Name));
        if (ProgramRun.Program[0] is "dotnet")
            Assert.Equal(isSet, loaded.Contains("/OpenTelemetry", StringComparison.Ordinal));
    }

    private static ScriptedServer Collector() =>
        new ScriptedServer().Always("POST", "/v1/traces", Answer.Ok([])).Always("POST", "/v1/metrics", Answer.Ok([]));

    private static IEnumerable<byte[]> Bodies(ScriptedServer collector, string path) =>
        collector.Requests.Where(request => request.Target == path).Select(request =>
        {
            Assert.Equal("application/x-protobuf", request["Content-Type"]);
            return request.Body;
        });

    private static List<Span> Spans(ScriptedServer collector) =>
    [
        .. from body in Bodies(collector, "/v1/traces")
           from resource in Message.Of(body).All(1)
           from scope in resource.All(2)
           from span in scope.All(2)
           select new Span(
               span.One(5).Text,
               Convert.ToHexString(span.One(1).Bytes),
               Convert.ToHexString(span.One(2).Bytes),
               Convert.ToHexString(span.All(4).FirstOrDefault()?.Bytes ?? []),
               TimeSpan.FromMicroseconds((span.One(8).Number - span.One(7).Number) / 1000.0),
               Tags(span.All(9)),
               Tags(resource.One(1).All(1)).GetValueOrDefault("service.name")),
    ];

    private static Dictionary<string, string?> Tags(IEnumerable<Message> attributes) => attributes.ToDictionary(
        tag => tag.One(1).Text, tag => tag.One(2).All(1).FirstOrDefault()?.Text, StringComparer.Ordinal);

    private sealed record Span(
        string Name, string Trace, string Id, string Parent, TimeSpan Took, Dictionary<string, string?> Tags, string? Service);

    /// <summary>A protobuf message, or a field of one, by the wire format (protobuf.dev, "Encoding").</summary>
    private sealed record Message(byte[] Bytes, ulong Number = 0)
    {
        private readonly List<(int Field, Message Value)> _fields = [];

        public string Text => Encoding.UTF8.GetString(Bytes);

        public static Message Of(byte[] bytes)
        {
            var message = new Message(bytes);
            for (var at = 0; at < bytes.Length;)
            {
                var key = Varint(bytes, ref at);
                message._fields.Add(((int)(key >> 3), (key & 7) switch
                {
                    0 => new Message([], Varint(bytes, ref at)),
                    1 => new Message([], BinaryPrimitives.ReadUInt64LittleEndian(Take(bytes, ref at, 8))),
                    2 => new Message(Take(bytes, ref at, (int)Varint(bytes, ref at)).ToArray()),
                    5 => new Message([], BinaryPrimitives.ReadUInt32LittleEndian(Take(bytes, ref at, 4))),
                    var wire => throw new InvalidDataException($"There is no wire type {wire}."),
                }));
            }

            return message;
        }

        public IEnumerable<Message> All(int field) => Fields().Where(one => one.Field == field).Select(one => one.Value);

        public Message One(int field) => Assert.Single(All(field));

        private List<(int Field, Message Value)> Fields() => _fields is [] && Bytes is not [] ? Of(Bytes)._fields : _fields;

        private static ReadOnlySpan<byte> Take(byte[] bytes, ref int at, int length)
        {
            at += length;
            return bytes.AsSpan(at - length, length);
        }

        private static ulong Varint(byte[] bytes, ref int at)
        {
            var (value, shift) = (0UL, 0);
            while (true)
            {
                var next = bytes[at++];
                value |= (ulong)(next & 0x7f) << shift;
                if (next < 0x80)
                    return value;
                shift += 7;
            }
        }
    }
}

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary>Answers for programs, letter by letter: what reads them today reads them tomorrow.</summary>
public sealed class JsonAnswerTests : IDisposable
{
    private const string Report = """
        {"Run":"a","StartedAt":"2024-07-17T18:11:00+00:00","FinishedAt":"2024-07-17T20:12:30.5+02:00","DryRun":true,"Outcomes":[
        {"Distribution":"debian12","Cloud":"lyon","Kind":"WouldPublish","Reason":"<été>","BytesDownloaded":5000000000,
        "Content":{"Length":6,"Sha256":"sha256:0000000000000000000000000000000000000000000000000000000000000000",
        "Sha512":"sha512:00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"},
        "Seconds":{"Resolve":0.25,"Transfer":12}}],
        "Pruning":{"Actions":[{"Distribution":"debian12","Cloud":"lyon","Kind":"Hide","ImageId":"1","ImageName":"b","Result":"Planned","Reason":"Older."}],"Failures":[]}}
        """;

    private const string Shown = """
        {
          "run": "a",
          "startedAt": "2024-07-17T18:11:00+00:00",
          "finishedAt": "2024-07-17T20:12:30.5+02:00",
          "dryRun": true,
          "outcomes": [
            {
              "distribution": "debian12",
              "cloud": "lyon",
              "kind": "would-publish",
              "reason": "\u003C\u00E9t\u00E9\u003E",
              "failure": null,
              "revision": null,
              "imageId": null,
              "imageName": null,
              "actions": [],
              "bytesDownloaded": 5000000000,
              "bytesUploaded": 0,
              "content": {
                "length": 6,
                "sha256": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
                "sha512": "sha512:00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
              },
              "provenance": null,
              "seconds": {
                "resolve": 0.25,
                "transfer": 12
              }
            }
          ],
          "pruning": {
            "actions": [
              {
                "distribution": "debian12",
                "cloud": "lyon",
                "kind": "hide",
                "imageId": "1",
                "imageName": "b",
                "result": "planned",
                "reason": "Older."
              }
            ],
            "failures": []
          }
        }
        """;

    private readonly ProgramRun _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task A_list_is_indented_and_in_camel_case()
    {
        var answer = await AnswerAsync("list", "--json");

        Assert.StartsWith("[\n  {\n    \"distribution\": \"", answer, StringComparison.Ordinal);
        Assert.Contains(
            """
              {
                "distribution": "almalinux8",
                "family": "almalinux",
                "title": "AlmaLinux 8",
                "architecture": "x86_64",
                "signed": true,
                "supportedUntil": "2029-05-31",
                "location": "https://repo.almalinux.org/almalinux/8/cloud/x86_64/images/AlmaLinux-8-GenericCloud-{revision}.x86_64.qcow2",
                "unconfirmed": "which of its two keys signs the list",
                "revision": null,
                "ageDays": null,
                "rawImage": null
              },
              {

            """,
            answer,
            StringComparison.Ordinal);
        Assert.Equal(
            "debian-12-genericcloud-amd64.raw",
            (string?)JsonNode.Parse(answer)!.AsArray().Single(entry => (string?)entry!["distribution"] is "debian12")!["rawImage"]);
        Assert.EndsWith("\n  }\n]\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_names_its_enumerations_and_escapes_what_is_not_ascii()
    {
        Directory.CreateDirectory(Path.Combine(_program.Home, "reports"));
        _program.Write("reports/last.json", Report);

        Assert.Equal(Shown + "\n", await AnswerAsync("runs", "last", "--json", "--set", $"staging.folder={_program.Home}"));
    }

    [Fact]
    public async Task An_offer_shows_its_day_and_its_digest_as_text_and_where_both_come_from()
    {
        var tree = new UpstreamTree(Path.Combine(_program.Home, "upstream"));
        Directory.CreateDirectory(tree.Folder);
        var image = tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", raw: new byte[512]);
        await using var server = await FolderServer.StartAsync(tree.Folder, TestContext.Current.CancellationToken);

        var answer = await AnswerAsync("resolve", "debian12", "--json", "--set", $"publishers.debian={server.DebianUrl}");

        Assert.StartsWith(
            $"[\n  {{\n    \"distribution\": \"debian12\",\n    \"location\": "
                + $"\"{server.DebianUrl}bookworm/", answer, StringComparison.Ordinal);
        Assert.Contains("\"buildDate\": \"2024-07-17\",\n    \"digest\": \"sha512:", answer, StringComparison.Ordinal);
        Assert.Contains(
            "\"provenance\": {\n      \"kind\": \"digest-over-http\",\n      \"signedBy\": null\n    },", answer, StringComparison.Ordinal);
        Assert.Contains("\"version\": {\n        \"eTag\": \"\\u0022", answer, StringComparison.Ordinal);
        var other = JsonNode.Parse(answer)![0]!["other"]!;
        Assert.Equal(
            ($"{server.DebianUrl}bookworm/20240717-1811/{Path.GetFileName(image.RawFile)}", "raw", $"sha512:{Convert.ToHexStringLower(SHA512.HashData(new byte[512]))}"),
            ((string?)other["location"], (string?)other["diskFormat"], (string?)other["digest"]));
    }

    private async Task<string> AnswerAsync(params string[] arguments)
    {
        var ended = await _program.RunAsync(arguments);
        Assert.Empty(ended.StandardError);
        return ended.StandardOutput;
    }
}

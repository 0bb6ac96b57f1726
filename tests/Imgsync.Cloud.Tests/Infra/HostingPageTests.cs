using System.Text.Json;
using System.Text.RegularExpressions;
using CliWrap;

namespace Imgsync.Cloud.Tests.Infra;

/// <summary>The two steps of docs/hosting.md, run as they stand there, with an az and a curl that write down what they are asked.</summary>
public sealed partial class HostingPageTests : IDisposable
{
    private const string Secret = "marked-secret-17";

    private const string Az = """
        #!/bin/bash
        printf '%s\n' "$@" "" >>"${0%/*}/calls"
        case "$*" in
          *" create "*"@/dev/stdin"*) cat >"${0%/*}/secrets.json" ;;
          *functionAppName*) echo the-app ;;
          *hostName*) echo the-app.example.org ;;
          *"keys list"*) echo the-key ;;
        esac
        """;

    private const string Curl = """
        #!/bin/bash
        printf '%s\n' "$@" "" >>"${0%/*}/calls"
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("imgsync-hosting-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task From_nothing_to_a_dry_run_each_command_asks_for_what_the_template_has()
    {
        Stub("az", Az);
        Stub("curl", Curl);
        var page = await File.ReadAllTextAsync(Checkout.File("docs/hosting.md"), Cancel);
        var steps = string.Concat(Steps().Matches(page).Take(2).Select(step => step.Groups["commands"].Value));

        await ChildProcess.Command("bash", "-euo", "pipefail", "-c", steps)
            .WithWorkingDirectory(Checkout.Root)
            .WithStandardInputPipe(PipeSource.FromString(Secret + "\n"))
            .WithEnvironmentVariables(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["PATH"] = $"{_folder}:{Environment.GetEnvironmentVariable("PATH")}",
            })
            .ExecuteAsync(Cancel);

        var calls = (await File.ReadAllTextAsync(Path.Combine(_folder, "calls"), Cancel)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(call => call.Split('\n')).ToList();
        var deployment = Assert.Single(calls, call => call is ["deployment", "group", "create", ..]);
        var given = deployment.SkipWhile(word => word is not "--parameters").Skip(1).Select(word => word.Split('=', 2)).ToList();
        using var template = JsonDocument.Parse(await File.ReadAllTextAsync(Checkout.File(deployment[Array.IndexOf(deployment, "--template-file") + 1]), Cancel));
        var known = template.RootElement.GetProperty("parameters").EnumerateObject().ToList();
        Assert.All(given, parameter => Assert.Contains(known, each => each.NameEquals(parameter[0])));
        Assert.All(
            known.Where(each => !each.Value.TryGetProperty("defaultValue", out _) && !each.Value.TryGetProperty("nullable", out _)),
            each => Assert.Contains(given, parameter => each.NameEquals(parameter[0])));
        foreach (var value in given.Where(parameter => parameter[0] is "clouds" or "alertEmails" or "distributions").Select(parameter => parameter[1]))
            Assert.Equal(JsonValueKind.Array, JsonDocument.Parse(value).RootElement.ValueKind);
        Assert.All(
            calls.Select(call => Output().Match(string.Join(' ', call))).Where(match => match.Success),
            match => Assert.True(template.RootElement.GetProperty("outputs").TryGetProperty(match.Groups["name"].Value, out _), match.Value));
        Assert.Equal($$"""{"production":"{{Secret}}"}""", Compact(await File.ReadAllTextAsync(Path.Combine(_folder, "secrets.json"), Cancel)));
        Assert.DoesNotContain(calls, call => string.Join(' ', call).Contains(Secret, StringComparison.Ordinal));
        Assert.Contains("https://the-app.example.org/api/resync", calls[^1]);
        Assert.Contains("x-functions-key: the-key", calls[^1]);
        Assert.True(JsonDocument.Parse(calls[^1][^1]).RootElement.GetProperty("dryRun").GetBoolean());
    }

    private void Stub(string name, string script)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, script);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static string Compact(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement);

    [GeneratedRegex(@"^\*\*[12]\. .*\n\n(?<commands>(    .*\n|\n(?=    ))+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Steps();

    [GeneratedRegex(@"properties\.outputs\.(?<name>\w+)\.value", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Output();
}

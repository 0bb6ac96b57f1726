using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary>docs/adding-a-distribution.md, done word for word against AlmaLinux's layout on this machine.</summary>
public sealed partial class AddingADistributionTests : IAsyncLifetime
{
    private readonly ProgramRun _program = new();
    private FolderServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var folder = Path.Combine(_program.Home, "upstream");
        Directory.CreateDirectory(folder);
        _server = await FolderServer.StartAsync(folder, Cancel, lists: true);
        var families = new FamilyTree(folder, _server.Url, SigningKey.Shared);
        families.Publish(0, "almalinux");
        var newest = families.Newest["almalinux9"].File;
        File.Copy(newest, Path.Combine(Path.GetDirectoryName(newest)!, "AlmaLinux-9-GenericCloud-latest.x86_64.qcow2"));
        _program.Environment["IMGSYNC__SIGNATURES__KEYRINGS__0"] = SigningKey.Shared.ArmouredPublicKey;
        _program.Environment["IMGSYNC__SIGNATURES__KEYSERVER"] = "";
        _program.Environment["IMGSYNC__STAGING__FOLDER"] = Path.Combine(_program.Home, "staging");
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _program.Dispose();
    }

    [Fact]
    public async Task Every_step_of_the_five_minutes_works_as_the_page_has_it()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", "adding-a-distribution.md"), Cancel);
        var steps = page.Split("\n## ").Single(part => part.StartsWith("Five minutes", StringComparison.Ordinal));
        _program.Write("catalog.json", Json().Match(steps).Value
            .Replace("https://repo.almalinux.org/", _server.Url.AbsoluteUri, StringComparison.Ordinal)
            .Replace("BF18AC2876178908D6E71267D36CB86CB86B3716", SigningKey.Shared.Fingerprint, StringComparison.Ordinal));

        var commands = Commands().Matches(steps).Select(match => match.Groups["words"].Value.Split(' ')).ToList();
        Assert.Equal(3, commands.Count);
        foreach (var words in commands)
        {
            var ended = await _program.RunAsync(words);
            Assert.True(ended.ExitCode == 0, $"imgsync {string.Join(' ', words)}: {ended.StandardOutput}{ended.StandardError}");
        }
    }

    [Fact]
    public async Task The_name_that_always_is_the_newest_gets_an_entry_that_follows_the_stamped_ones()
    {
        var latest = new Uri(_server.Url, "almalinux/9/cloud/x86_64/images/AlmaLinux-9-GenericCloud-latest.x86_64.qcow2").AbsoluteUri;

        var added = await _program.RunAsync("catalog", "add", latest, "--key", "my-alma9", "--trust", SigningKey.Shared.Fingerprint);
        var resolved = await _program.RunAsync("resolve", "my-alma9", "--json", "--set", "catalog=catalog.json");

        Assert.True(resolved.ExitCode == 0, added.StandardError + resolved.StandardError);
        var offer = JsonNode.Parse(resolved.StandardOutput)![0]!;
        Assert.Equal(("9.8-20260526", "signed"), ((string?)offer["revision"], (string?)offer["provenance"]!["kind"]));
    }

    [GeneratedRegex(@"(?m)^ {7}\{\n(.*\n)+? {7}\}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Json();

    [GeneratedRegex("(?m)^ {7}imgsync (?<words>.+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Commands();
}

using System.Text.Json.Nodes;
using CliWrap.Buffered;

namespace Imgsync.Cli.Tests;

/// <summary>What <c>./release.sh</c> says the tool is made of.</summary>
public sealed class BillOfMaterialsTests
{
    [Fact]
    [Shows("every-locked-package-that-runs-with-the-tool-is-named-with-its-version-and-content")]
    public async Task Every_locked_package_that_runs_with_the_tool_is_named_with_its_version_and_content()
    {
        Requirement.DemandProgram("jq", "it is in Debian's package jq");
        var answer = await CliWrap.Cli.Wrap("bash")
            .WithArguments(["-c", ". release/sbom.sh; bill_of_materials Imgsync.Cli 1.2.3"])
            .WithWorkingDirectory(Checkout.Root)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);

        var bill = JsonNode.Parse(answer.StandardOutput)!;
        Assert.Equal(("CycloneDX", "1.6"), ((string)bill["bomFormat"]!, (string)bill["specVersion"]!));
        var named = bill["components"]!.AsArray().Select(
            component => $"{component!["purl"]} {component["properties"]![0]!["value"]}").ToHashSet(StringComparer.Ordinal);
        var locked = Locked().ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(named);
        Assert.Subset(locked, named);
        Assert.All(named, name => Assert.StartsWith("pkg:nuget/", name, StringComparison.Ordinal));
        Assert.Equal(
            ["Meziantou.Analyzer", "Microsoft.NET.ILLink.Tasks"], locked.Except(named).Select(name => name.Split('/', '@')[1]));
    }

    private static IEnumerable<string> Locked()
    {
        var file = JsonNode.Parse(File.ReadAllText(Checkout.File("src/Imgsync.Cli/packages.lock.json")))!;
        return file["dependencies"]!["net10.0"]!.AsObject()
            .Where(package => (string?)package.Value!["type"] != "Project")
            .Select(package => $"pkg:nuget/{package.Key}@{package.Value!["resolved"]} {package.Value["contentHash"]}");
    }
}

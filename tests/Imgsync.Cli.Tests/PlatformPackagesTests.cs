using System.Text.Json.Nodes;

namespace Imgsync.Cli.Tests;

/// <summary>A release packs the tool for each platform from a lock file of its own: the everyday one knows of no platform.</summary>
public sealed class PlatformPackagesTests
{
    [Fact]
    public void A_release_is_made_of_the_very_packages_that_were_tested()
    {
        var (tested, released) = (Locked("packages.lock.json"), Locked("packages.platforms.lock.json"));

        Assert.True(
            JsonNode.DeepEquals(tested["net10.0"], released["net10.0"]),
            "The two lock files differ: run 'dotnet restore src/Imgsync.Cli -p:ToolPlatforms=each'.");
        Assert.Equal(["net10.0", "net10.0/any", "net10.0/linux-arm64", "net10.0/linux-x64"], released.Select(platform => platform.Key));
    }

    private static JsonObject Locked(string file) =>
        JsonNode.Parse(File.ReadAllText(Checkout.File("src/Imgsync.Cli/" + file)))!["dependencies"]!.AsObject();
}

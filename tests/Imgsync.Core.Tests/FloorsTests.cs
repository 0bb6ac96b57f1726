using System.Text.RegularExpressions;
using Imgsync.Testing;

namespace Imgsync.Core.Tests;

/// <summary>Core's rooms stand on floors, as docs/architecture.md draws them, and a room uses only what is below it.</summary>
public sealed partial class FloorsTests
{
    /// <summary>The highest first; rooms of one floor do not use each other. A room within
    /// another sees it without a using, so it is above it.</summary>
    private static readonly string[][] Floors =
    [
        ["Checking"],
        ["Sync"],
        ["Transfer"],
        ["Notify"],
        ["Pruning"],
        ["Planning"],
        ["Reporting.Page"],
        ["Reporting"],
        ["Telemetry"],
        ["Runs"],
        ["Publishing.Forms"],
        ["Publishing"],
        ["Glance.Api"],
        ["Glance.Keystone"],
        ["Glance"],
        ["Staging.Folders", "Staging.Blobs"],
        ["Staging"],
        ["Adding"],
        ["Upstream.Indexes.Layouts"],
        ["Upstream.Indexes"],
        ["Upstream.Client"],
        ["Upstream"],
        ["Signatures.Documents", "DiskImages.Qcow2"],
        ["Signatures", "DiskImages", "Unpacking"],
        ["Catalog.Reading"],
        ["Catalog"],
        ["Configuration.Forms", "Configuration.Loading"],
        ["Configuration.Sources"],
        ["Configuration"],
        ["Http"],
        ["Content"],
        [""],
    ];

    private static readonly string Core = Path.Combine(Checkout.Root, "src", "Imgsync.Core");

    [Fact]
    public void No_room_uses_one_that_is_not_below_it()
    {
        var wrong =
            from file in Files()
            let room = RoomOf(file)
            from used in Usings().Matches(File.ReadAllText(file)).Select(line => line.Groups["room"].Value)
            where used != room && FloorOf(used) <= FloorOf(room)
            select $"{Path.GetRelativePath(Core, file)} uses {used}";

        Assert.Equal([], wrong);
    }

    [Fact]
    public void No_room_is_so_full_that_nothing_is_found_in_it() =>
        Assert.All(Files().CountBy(RoomOf), room => Assert.InRange(room.Value, 1, 16));

    [Fact]
    public void No_line_of_the_sources_is_longer_than_140_characters() =>
        Assert.Empty(Sources().SelectMany(file => File.ReadLines(file).Where(line => line.Length > 140).Select(line => $"{file}: {line}")));

    [Fact]
    public void The_page_about_the_architecture_has_the_floors_in_this_order()
    {
        var page = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "architecture.md"));

        var drawn = Drawn().Match(page).Groups["floor"].Captures.Select(floor => floor.Value.Replace('/', '.').Split(", "));

        Assert.Equal(Floors.SkipLast(1), drawn);
    }

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Contains("obj"));

    /// <summary>All but the wiring, which knows every room.</summary>
    private static IEnumerable<string> Files() => Directory.EnumerateFiles(Core, "*.cs", SearchOption.AllDirectories)
        .Where(file => !RoomOf(file).StartsWith("obj", StringComparison.Ordinal) && Path.GetFileName(file) is not "ImgsyncServices.cs");

    private static string RoomOf(string file) =>
        Path.GetRelativePath(Core, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.').TrimStart('.');

    private static int FloorOf(string room) =>
        Array.FindIndex(Floors, floor => floor.Contains(room, StringComparer.Ordinal)) is >= 0 and var floor
        ? floor
        : throw new InvalidOperationException($"The room {room} stands on no floor: give it one here and in docs/architecture.md.");

    [GeneratedRegex(@"^using (static )?Imgsync\.Core\.(?<room>[\w.]+);", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Usings();

    [GeneratedRegex(
        @"^```text\n((?<floor>[A-Z]\w+(/\w+)*(, \w+(/\w+)*)*) "
            + @"{2,}.*\n)+\(root\)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Drawn();
}

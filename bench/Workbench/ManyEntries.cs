using System.Globalization;
using System.Text.Json.Nodes;
using Imgsync.Testing.Upstream;

namespace Imgsync.Workbench;

/// <summary>A catalogue as large as anybody may wish for, with Ubuntu's layout: <c>d0001</c>, <c>d0002</c> and so on.</summary>
internal static class ManyEntries
{
    /// <summary>So many revisions of the first entry that no benchmark meets one twice.</summary>
    private const int Revisions = 30;

    public static int Make(string folder, int count)
    {
        Directory.CreateDirectory(folder);
        var tree = new UpstreamTree(folder, SigningKey.Shared);
        var distributions = new JsonObject();
        for (var entry = 1; entry <= count; entry++)
        {
            tree.PublishUbuntu(Key(entry), Serial(0));
            distributions[Key(entry)] = Entry(Key(entry));
        }

        for (var revision = 1; revision < Revisions; revision++)
            tree.PublishUbuntu(Key(1), Serial(revision));
        Point(folder, revision: 0);

        var catalog = JsonNode.Parse(tree.CatalogJson())!.AsObject();
        catalog["distributions"] = distributions;
        File.WriteAllText(Path.Combine(folder, "catalog.json"), catalog.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "key.asc"), tree.Key.ArmouredPublicKey);
        return 0;
    }

    /// <summary>Offers the next revision of the first entry.</summary>
    public static int Change(string folder)
    {
        var now = int.Parse(File.ReadAllText(RevisionFile(folder)), CultureInfo.InvariantCulture);
        Point(folder, (now + 1) % Revisions);
        return 0;
    }

    private static void Point(string folder, int revision)
    {
        var pointer = Path.Combine(folder, "ubuntu", Key(1), "current");
        File.Delete(pointer);
        Directory.CreateSymbolicLink(pointer, Serial(revision));
        File.WriteAllText(RevisionFile(folder), revision.ToString(CultureInfo.InvariantCulture));
    }

    private static JsonObject Entry(string key) => new()
    {
        ["publisher"] = "ubuntu",
        ["title"] = $"Entry {key}",
        ["path"] = $"{key}/current/",
        ["image"] = $"{key}-server-cloudimg-{{arch}}.img",
        ["architectures"] = new JsonArray("Amd64"),
        ["osDistro"] = "ubuntu",
        ["osVersion"] = key,
        ["adminUser"] = "ubuntu",
    };

    private static string RevisionFile(string folder) => Path.Combine(folder, "revision");

    private static string Key(int entry) => $"d{entry.ToString("d4", CultureInfo.InvariantCulture)}";

    private static string Serial(int revision) =>
        new DateOnly(2024, 9, 1).AddDays(revision).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
}

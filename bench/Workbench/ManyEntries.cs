using System.Globalization;
using System.Text.Json.Nodes;
using Imgsync.Testing.Upstream;

namespace Imgsync.Workbench;

/// <summary>A catalogue as large as anybody may wish for, with Ubuntu's layout: <c>d0001</c>, <c>d0002</c> and so on.</summary>
internal static class ManyEntries
{
    public static int Make(string folder, int count)
    {
        Directory.CreateDirectory(folder);
        var tree = new UpstreamTree(folder, SigningKey.Shared);
        var distributions = new JsonObject();
        for (var entry = 1; entry <= count; entry++)
        {
            tree.PublishUbuntu(Key(entry), "20240921");
            distributions[Key(entry)] = Entry(Key(entry));
        }

        var catalog = JsonNode.Parse(tree.CatalogJson())!.AsObject();
        catalog["distributions"] = distributions;
        File.WriteAllText(Path.Combine(folder, "catalog.json"), catalog.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "key.asc"), tree.Key.ArmouredPublicKey);
        File.WriteAllText(Path.Combine(folder, "serial"), "20240921");
        return 0;
    }

    /// <summary>A day later than the newest so far. Signs with a key of its own, which it adds to those that are trusted.</summary>
    public static int Change(string folder)
    {
        var serialFile = Path.Combine(folder, "serial");
        var newest = DateOnly.ParseExact(File.ReadAllText(serialFile), "yyyyMMdd", CultureInfo.InvariantCulture);
        var serial = newest.AddDays(1).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var tree = new UpstreamTree(folder, SigningKey.Shared);
        tree.PublishUbuntu(Key(1), serial);

        var catalogFile = Path.Combine(folder, "catalog.json");
        var catalog = JsonNode.Parse(File.ReadAllText(catalogFile))!;
        catalog["publishers"]!["ubuntu"]!["signedBy"]!.AsArray().Add(tree.Key.Fingerprint);
        File.WriteAllText(catalogFile, catalog.ToJsonString());
        File.AppendAllText(Path.Combine(folder, "key.asc"), tree.Key.ArmouredPublicKey);
        File.WriteAllText(serialFile, serial);
        return 0;
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

    private static string Key(int entry) => $"d{entry.ToString("d4", CultureInfo.InvariantCulture)}";
}

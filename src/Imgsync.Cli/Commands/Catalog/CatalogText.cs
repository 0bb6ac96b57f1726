using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Imgsync.Core;
using Imgsync.Core.Catalog.Reading;

namespace Imgsync.Cli.Commands.Catalog;

/// <summary>A catalogue file of somebody's, with one more entry in it.</summary>
internal static class CatalogText
{
    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a person reads it
    };

    /// <summary>The entry as a file of its own.</summary>
    public static string Of(JsonObject catalog) => catalog.ToJsonString(Layout) + "\n";

    /// <param name="file">May be missing.</param>
    /// <param name="addition">A catalogue with the one entry, and its publisher perhaps.</param>
    /// <exception cref="ConfigurationException">The file has such an entry, or is no catalogue, with the entry or without it.</exception>
    public static string With(string file, JsonObject addition, bool overwrite)
    {
        var catalog = File.Exists(file) ? Read(file) : new JsonObject();
        foreach (var (part, entries) in addition)
        {
            var own = catalog[part] as JsonObject;
            if (own is null)
                catalog[part] = own = new JsonObject();
            foreach (var (key, entry) in entries!.AsObject())
            {
                if (own.ContainsKey(key) && !overwrite)
                    throw new ConfigurationException(
                        $"{file} has {part}.{key} already: give --force to replace it, or choose another key with --key.");
                own[key] = entry!.DeepClone();
            }
        }

        var text = Of(catalog);
        Check(file, text);
        return text;
    }

    private static JsonObject Read(string file)
    {
        Check(file, File.ReadAllText(file));
        return JsonNode.Parse(File.ReadAllText(file))!.AsObject();
    }

    /// <summary>By the same rules as <c>imgsync catalog check</c>.</summary>
    private static void Check(string file, string text)
    {
        var folder = Directory.CreateTempSubdirectory("imgsync-catalog-");
        try
        {
            var trial = Path.Combine(folder.FullName, "catalog.json");
            File.WriteAllText(trial, text);
            try
            {
                CatalogLoader.Load(trial, new Dictionary<string, Uri>(StringComparer.Ordinal));
            }
            catch (ConfigurationException wrong)
            {
                throw new ConfigurationException([.. wrong.Faults.Select(fault => fault.Replace(trial, file, StringComparison.Ordinal))]);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

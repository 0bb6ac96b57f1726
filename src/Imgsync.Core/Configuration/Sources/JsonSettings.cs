using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Imgsync.Core.Configuration.Sources;

/// <summary><c>imgsync.json</c>: comments and trailing commas are welcome, everything else is strict.</summary>
internal static class JsonSettings
{
    public static SettingNode Read(string path)
    {
        try
        {
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(SettingsText.Read(path)));
            var root = SettingNode.From(new ConfigurationBuilder().AddJsonStream(stream).Build(), "", Origin.File(path));
            root.Children.Remove("$schema"); // for the editor, not for us
            return root;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw new ConfigurationException($"The settings file {path} is not valid JSON{Place(exception)}: {Complaint(exception)}.");
        }
    }

    private static string Place(Exception exception) =>
        exception is JsonException { LineNumber: { } line } ? $" at line {line + 1}" : "";

    /// <summary>The parser repeats the place at the end of its message, counting lines from zero.</summary>
    private static string Complaint(Exception exception)
    {
        var place = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (place < 0 ? exception.Message : exception.Message[..place]).TrimEnd('.', ' ');
    }
}

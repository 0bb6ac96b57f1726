using System.Text;

namespace Imgsync.Core.Configuration.Sources;

/// <summary>The text of a settings file: UTF-8, or what its byte order mark says. Nothing is replaced: a password with a sign in it that
/// nobody can read would be another password.</summary>
internal static class SettingsText
{
    /// <exception cref="ConfigurationException">The file cannot be read, or a line of it is no text.</exception>
    public static string Read(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            using var reader = new StreamReader(new MemoryStream(bytes), new UTF8Encoding(false, throwOnInvalidBytes: true));
            try
            {
                return reader.ReadToEnd();
            }
            catch (DecoderFallbackException)
            {
                throw new ConfigurationException(
                    $"The settings file {path} is not UTF-8 at line {FirstFaultyLine(bytes)}: save it as UTF-8.");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"The settings file {path} cannot be read: {exception.Message.TrimEnd('.')}.");
        }
    }

    private static int FirstFaultyLine(byte[] bytes)
    {
        var line = 1;
        for (var rest = bytes.AsSpan(); ; line++)
        {
            var end = rest.IndexOf((byte)'\n');
            if (end < 0 || !System.Text.Unicode.Utf8.IsValid(rest[..end]))
                return line;
            rest = rest[(end + 1)..];
        }
    }
}

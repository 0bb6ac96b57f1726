using System.Text;

namespace Imgsync.Core.Configuration.Sources;

/// <summary>The text of a file that operators write: UTF-8, or what its byte order mark says. Nothing is replaced: a password with a sign
/// in it that nobody can read would be another password.</summary>
internal static class SettingsText
{
    /// <exception cref="ConfigurationException">The file cannot be read, or a part of it is no text.</exception>
    public static string Read(string path)
    {
        try
        {
            return Decode(File.ReadAllBytes(path), $"The settings file {path}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"The settings file {path} cannot be read: {exception.Message.TrimEnd('.')}.");
        }
    }

    /// <param name="file">What it is called in messages.</param>
    /// <exception cref="ConfigurationException">A part of it is no text.</exception>
    public static string Decode(byte[] bytes, string file)
    {
        using var reader = new StreamReader(new MemoryStream(bytes), new UTF8Encoding(false, throwOnInvalidBytes: true));
        try
        {
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            var place = JsonPlace.FirstOddByte(bytes) is { } odd ? JsonPlace.Of(bytes, odd) : "its end";
            throw new ConfigurationException($"{file} is not UTF-8 at {place}: save it as UTF-8.");
        }
    }
}

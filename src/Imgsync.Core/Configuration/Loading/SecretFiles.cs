using Imgsync.Core.Configuration.Sources;

namespace Imgsync.Core.Configuration.Loading;

/// <summary>
/// Secrets that stand in files of their own: <c>@/run/secrets/x</c>, or <c>{ "file": "/run/secrets/x" }</c>. Only <c>@/</c> means a file,
/// because a password may well begin with an <c>@</c>.
/// </summary>
/// <param name="credentials">systemd's <c>$CREDENTIALS_DIRECTORY</c>, where a name alone is looked for; null where there is none.</param>
internal sealed class SecretFiles(string? credentials, ICollection<string> faults, ICollection<string> warnings)
{
    private const string Key = "file";

    /// <summary>Longer than any password, token or connection string.</summary>
    private const int Longest = 64 * 1024;

    /// <summary>The file that a secret's setting names; null where the setting holds the secret itself.</summary>
    public static string? Named(SettingNode node) =>
        node.Origin.Where is Origin.Credential ? null
        : node is { IsLeaf: true, Value: ['@', '/', ..] text } ? text[1..]
        : node.Children.Count == 1 && node.Find(Key) is { IsLeaf: true, Value: { } file } ? file
        : null;

    /// <returns>Null, and a fault is recorded, where the file cannot be used.</returns>
    public string? Read(SettingNode node, string file)
    {
        if (Path.IsPathFullyQualified(file))
            return Read(node.Label, file);
        if (credentials is not null && file.Length > 0 && Path.GetFileName(file) == file)
            return Read(node.Label, Path.Combine(credentials, file));

        faults.Add($"{node.Label} names the file '{file}': give its whole path, or the name of a credential that systemd hands to us.");
        return null;
    }

    /// <param name="label">The setting that names the file, as a message calls it.</param>
    /// <returns>The text without the line's end behind it. Null, and a fault is recorded, where the file cannot be used.</returns>
    public string? Read(string label, string path)
    {
        var named = $"The file {path} that {label} names";
        try
        {
            var text = SettingsText.Decode(Bytes(path), named).TrimEnd('\r', '\n');
            if (text.Length > 0)
            {
                if (IsOpenToAll(path))
                    warnings.Add($"{named} may be read by every user of this machine: take that right away (chmod o= {path}).");
                return text;
            }

            faults.Add($"{named} is empty.");
        }
        catch (ConfigurationException unusable)
        {
            foreach (var fault in unusable.Faults)
                faults.Add(fault);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{named} {Complaint(exception, path)}.");
        }

        return null;
    }

    /// <summary>A pipe will do as well, such as a shell's <c>&lt;(…)</c>, so nothing is asked about its length.</summary>
    private static byte[] Bytes(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var bytes = new byte[Longest + 1];
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read <= Longest ? bytes[..read] : throw new IOException("is longer than 64 KiB, which no secret is");
    }

    private static string Complaint(Exception exception, string path) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => "does not exist",
        UnauthorizedAccessException when Directory.Exists(path) => "is a folder",
        UnauthorizedAccessException => "may not be read by this user",
        _ when exception.Message.StartsWith("is ", StringComparison.Ordinal) => exception.Message,
        _ => $"cannot be read: {exception.Message.TrimEnd('.')}",
    };

    private static bool IsOpenToAll(string path) =>
        !OperatingSystem.IsWindows() && File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherRead);
}

using Imgsync.Core;

namespace Imgsync.Cli;

/// <summary>Writes texts to files or to standard output. Checks that no file is in the way before it writes the first.</summary>
internal sealed class Documents
{
    public const string StandardOutput = "-";

    private readonly Terminal _terminal;

    /// <param name="targets">Everything that will be written to; null for what will not.</param>
    /// <exception cref="ConfigurationException">A file is there already, and nobody said that it may be overwritten.</exception>
    public Documents(Terminal terminal, bool overwrite, IEnumerable<string?> targets)
    {
        _terminal = terminal;
        var there = targets.Where(target => target is not (null or StandardOutput) && Path.Exists(target)).ToList();
        if (there.Count > 0 && !overwrite)
            throw new ConfigurationException(
                [.. there.Select(target => $"{target} is there already: give --force to overwrite it, or write to another file.")]);
    }

    /// <param name="isSecret">Whether nobody but its owner may read the file.</param>
    /// <exception cref="ConfigurationException">The file cannot be written.</exception>
    public void Write(string target, string text, bool isSecret)
    {
        if (target is StandardOutput)
        {
            _terminal.Answer(text.TrimEnd('\n'));
            return;
        }

        try
        {
            Replace(target, text, isSecret);
            _terminal.Tell($"Written: {target}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{target} cannot be written: {exception.Message.TrimEnd('.')}.");
        }
    }

    /// <summary>By way of a new file: the old one's permissions do not count, and a full disk does not leave half of it.</summary>
    private static void Replace(string target, string text, bool isSecret)
    {
        var unfinished = $"{target}.{Guid.NewGuid():n}.new";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (isSecret && !OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var writer = new StreamWriter(unfinished, options))
                writer.Write(text);
            File.Move(unfinished, target, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }
}

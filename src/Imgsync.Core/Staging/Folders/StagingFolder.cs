namespace Imgsync.Core.Staging.Folders;

/// <summary>The staging folder, in which nobody else may make files: a link that another user had put in the place of one of ours
/// would have us read, write or delete whatever it leads to. So it and the folders in it are ours and only we may write to them, and
/// a link in the place of a file is refused. Files are for us alone, whatever the umask.</summary>
internal sealed class StagingFolder(string root)
{
    /// <summary>How the name of a file ends that is being written.</summary>
    public const string Unfinished = ".partial";

    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersFolder = OwnersFile | UnixFileMode.UserExecute;
    private const UnixFileMode WrittenByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    /// <summary>Where a file is that is named like <c>debian12/sha512-00.qcow2</c>.</summary>
    public string Locate(string name) => Path.Combine(_root, name);

    public static bool IsFailure(Exception failure) => failure is IOException or UnauthorizedAccessException;

    /// <param name="attempted">Such as <c>Staging debian12</c>.</param>
    public StagingException Explain(string attempted, Exception failure) => new(
        $"{attempted} in {_root} failed: {failure.Message} Make the folder writable, or set staging.folder to one that is.", failure);

    /// <summary>Opens a file for its only writer, which makes it where there is none. The open file is the lock: the system lets go of
    /// it when the process dies.</summary>
    /// <exception cref="StagingException">The folder or the file is not ours alone.</exception>
    /// <exception cref="IOException">Somebody else has it open.</exception>
    public FileStream OpenOwn(string name)
    {
        var path = Locate(name);
        Make(path);
        var isThere = IsThere(path, mustBeOurs: true);
        var options = new FileStreamOptions
        {
            Mode = isThere ? FileMode.Open : FileMode.CreateNew, // which never makes a file behind a link (O_EXCL)
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        };
        if (!isThere && !OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnersFile;
        try
        {
            var file = new FileStream(path, options);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(file.SafeFileHandle, OwnersFile); // also where the umask took more, or an older Imgsync less
            return file;
        }
        catch (IOException) when (File.Exists(path) != isThere)
        {
            return OpenOwn(name); // its other writer has just made it, or given it its final name
        }
    }

    /// <summary>Opens a file for a reader; null when there is none.</summary>
    /// <exception cref="StagingException">A link lies there, or it is not for us to read.</exception>
    public FileStream? OpenRead(string name)
    {
        var path = Locate(name);
        try
        {
            return IsThere(path, mustBeOurs: false)
                ? new FileStream(
                    path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, useAsync: true)
                : null;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException denied)
        {
            var owner = OwnerOf(_root);
            throw new StagingException(
                $"Reading {name} in {_root} failed: {denied.Message} " + (owner is null
                    ? "Make it readable for the user that runs Imgsync, or set staging.folder to a folder of that user's."
                    : $"The folder belongs to another user (uid {owner}): run this as that user, or set staging.folder to a "
                        + "folder of yours."),
                denied);
        }
    }

    /// <summary>Null where it is ours, or nobody can say.</summary>
    private static uint? OwnerOf(string folder)
    {
        try
        {
            return UnixEntry.At(folder, follow: true) is { IsOurs: false } entry ? entry.Owner : null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes a file under another name first, so that nobody reads half of it.</summary>
    public async Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var whole = OpenOwn($"{name}.{Guid.NewGuid():n}{Unfinished}");
        try
        {
            await using (whole)
                await whole.WriteAsync(content, cancellationToken);
            File.Move(whole.Name, Locate(name), overwrite: true);
        }
        catch
        {
            File.Delete(whole.Name);
            throw;
        }
    }

    /// <summary>All files in it. Linked folders are left alone.</summary>
    public string[] Files() => Directory.Exists(_root)
        ? Directory.GetFiles(
            _root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
        : [];

    /// <summary>Makes the folders that a file lies in, the staging folder first, and makes sure of those that are there.</summary>
    private void Make(string path)
    {
        Own(_root);
        for (var end = _root.Length; (end = path.IndexOf(Path.DirectorySeparatorChar, end + 1)) >= 0;)
            Own(path[..end]);
    }

    private void Own(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, OwnersFolder);
            File.SetUnixFileMode(folder, OwnersFolder);
        }

        // Whoever runs Imgsync may have put the staging folder elsewhere by a link, and nobody else can turn that.
        var entry = UnixEntry.At(folder)!.Value;
        if (entry is { IsLink: true } and ({ IsOurs: true } or { Owner: 0 }) && folder == _root)
            entry = UnixEntry.At(folder, follow: true)!.Value;
        if (entry is { IsLink: false, IsOurs: true } && (entry.Mode & WrittenByOthers) is UnixFileMode.None)
            return;

        var fault = entry.IsLink ? "is a link"
            : !entry.IsOurs ? $"belongs to another user (uid {entry.Owner})"
            : $"can be written by other users of this machine (mode {Convert.ToString((int)entry.Mode, toBase: 8)})";
        throw new StagingException(
            $"The staging folder {folder} {fault}, so nothing is put there; give it to the user that runs Imgsync, and to nobody else "
                + $"(chown, chmod 700), or set staging.folder to a folder of its own, such as {Path.Combine(_root, "imgsync")}.");
    }

    /// <exception cref="StagingException">What is there is no file of ours.</exception>
    private static bool IsThere(string path, bool mustBeOurs)
    {
        if (UnixEntry.At(path) is not { } entry)
            return false;
        if (entry.IsLink || (mustBeOurs && !entry.IsOurs))
            throw new StagingException(
                $"{path} {(entry.IsLink ? "is a link" : $"belongs to another user (uid {entry.Owner})")}, and Imgsync did not make it, so "
                    + "it is not opened; find out who put it there, and remove it.");
        return true;
    }
}

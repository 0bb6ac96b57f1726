namespace Imgsync.Core.Staging.Folders;

/// <summary>The staging folder, in which nobody else may make files: a link that another user had put in the
/// place of one of ours would have us write to wherever it leads.</summary>
internal static class StagingFolder
{
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the folder and, within it, the one that <paramref name="file"/> lies in.</summary>
    /// <exception cref="StagingException">Everybody on this machine may write to it.</exception>
    public static void Make(string root, string file)
    {
        Make(root);
        Make(Path.GetDirectoryName(file)!);
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(root).HasFlag(UnixFileMode.OtherWrite))
            throw new StagingException(
                $"The staging folder {root} can be written by every user of this machine, so nothing is put there; set staging.folder to a "
                    + $"folder of its own, such as {Path.Combine(root, "imgsync")}.");
    }

    private static void Make(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnersOnly);
    }
}

namespace Imgsync.Core.Staging.Folders;

/// <summary>What a file system says, in words that an operator can act on.</summary>
internal static class FolderFailure
{
    public static bool IsOne(Exception failure) => failure is IOException or UnauthorizedAccessException;

    /// <param name="attempted">Such as <c>Staging debian12</c>.</param>
    public static StagingException Of(string attempted, string root, Exception failure) =>
        new($"{attempted} in {root} failed: {failure.Message} Make the folder writable, or set staging.folder to one that is.", failure);
}

namespace Imgsync.Micro;

/// <summary>Real checksum lists of real publishers, where somebody has laid them beside the checkout. They are not part of the project.</summary>
internal static class PublisherLists
{
    /// <summary>The longest list in the folder that IMGSYNC_SAMPLES names, or in shared/upstream-samples beside the checkout; null where there is none.</summary>
    public static ListToSearch? Longest()
    {
        var longest = Folder() is { } folder && Directory.Exists(folder)
            ? Directory.GetFiles(folder).Select(ListToSearch.Read).MaxBy(list => list.Lines)
            : null;
        return longest is { Lines: > 0 } ? longest : null;
    }

    private static string? Folder() => Environment.GetEnvironmentVariable("IMGSYNC_SAMPLES") is { Length: > 0 } named
        ? named
        : Above(AppContext.BaseDirectory).Select(above => Path.Combine(above, "shared", "upstream-samples")).FirstOrDefault(Directory.Exists);

    private static IEnumerable<string> Above(string folder)
    {
        for (var above = new DirectoryInfo(folder); above is not null; above = above.Parent)
            yield return above.FullName;
    }
}

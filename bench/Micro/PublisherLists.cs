using Imgsync.Testing;

namespace Imgsync.Micro;

/// <summary>Checksum lists among the publishers' samples.</summary>
internal static class PublisherLists
{
    /// <summary>The one with the most lines; null where there is none.</summary>
    public static ListToSearch? Longest()
    {
        var longest = PublisherSamples.Folder() is { } folder
            ? Directory.GetFiles(folder).Select(ListToSearch.Read).MaxBy(list => list.Lines)
            : null;
        return longest is { Lines: > 0 } ? longest : null;
    }
}

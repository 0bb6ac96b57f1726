namespace Imgsync.Testing.Upstream;

/// <summary>Directories that move.</summary>
internal static class Links
{
    public static void Point(string link, string target)
    {
        File.Delete(link);
        Directory.CreateSymbolicLink(link, target);
    }
}

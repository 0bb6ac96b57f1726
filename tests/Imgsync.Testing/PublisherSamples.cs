namespace Imgsync.Testing;

/// <summary>Real files of real publishers, where somebody has laid them beside the checkout. We do not hand them on.</summary>
public static class PublisherSamples
{
    /// <summary>What is said where there are none.</summary>
    public const string Missing = "No publishers' samples: neither IMGSYNC_SAMPLES nor shared/upstream-samples "
        + "beside the checkout is a folder.";

    /// <summary>The folder that IMGSYNC_SAMPLES names, or shared/upstream-samples beside the checkout; null where neither is one.</summary>
    public static string? Folder()
    {
        var folder = Environment.GetEnvironmentVariable("IMGSYNC_SAMPLES");
        for (var above = new DirectoryInfo(
            AppContext.BaseDirectory); string.IsNullOrEmpty(folder) && above is not null; above = above.Parent)
        {
            var beside = Path.Combine(above.FullName, "shared", "upstream-samples");
            folder = Directory.Exists(beside) ? beside : null;
        }

        return Directory.Exists(folder) ? folder : null;
    }
}

namespace Imgsync.Cli.Tests;

/// <summary>Screens that are in the documentation, too: docs/screens. After a change to what is shown, run the tests with
/// <c>IMGSYNC_WRITE_DOCS=1</c> in the environment: they then write the screens anew.</summary>
internal static class Screens
{
    public static void Same(string name, string screen)
    {
        var file = Path.Combine(Checkout.Root, "docs", "screens", name + ".txt");
        if (Environment.GetEnvironmentVariable("IMGSYNC_WRITE_DOCS") is "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, screen + "\n");
        }

        Assert.Equal(File.ReadAllText(file), screen + "\n");
    }
}

namespace Imgsync.Cloud.Tests.Survival;

/// <summary>One line for each row of the crash matrix: what was done to it, and what was
/// found after. <c>test.sh</c> shows them all.</summary>
internal static class Story
{
    private const string FileVariable = "IMGSYNC_TEST_STORY";

    private static readonly Lock Writing = new();

    public static void Tell(string row, string found)
    {
        var line = $"{row}: {found}";
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (Environment.GetEnvironmentVariable(FileVariable) is not { Length: > 0 } file)
            return;

        lock (Writing)
            File.AppendAllText(file, line + Environment.NewLine);
    }
}

using Xunit;

namespace Imgsync.Testing;

/// <summary>
/// What a test needs from the machine. Where it is missing, the test is skipped and says why; on CI, which has to have
/// everything, it fails.
/// </summary>
public static class Requirement
{
    private static bool OnCI => string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    /// <param name="missing">The reason in one sentence, null when all is there.</param>
    public static void Demand(string? missing)
    {
        if (missing is null)
            return;

        if (OnCI)
            Assert.Fail($"This must not be missing on CI. {missing}");

        Assert.Skip(missing);
    }

    /// <summary>Asks for a program on the search path.</summary>
    public static void DemandProgram(string name, string howToGetIt)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        Demand(folders.Any(folder => File.Exists(Path.Combine(folder, name))) ? null : $"{name} is not installed: {howToGetIt}.");
    }
}

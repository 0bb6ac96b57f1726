using System.Globalization;

namespace Imgsync.Core.Tests;

/// <summary>Where the random cases of a property begin: anew each time, or where IMGSYNC_TEST_SEED says, to try a failed one again.</summary>
internal static class Seed
{
    public static int Next() =>
        int.TryParse(Environment.GetEnvironmentVariable("IMGSYNC_TEST_SEED"), CultureInfo.InvariantCulture, out var seed)
            ? seed
            : Random.Shared.Next();
}

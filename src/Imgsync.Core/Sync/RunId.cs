using System.Globalization;

namespace Imgsync.Core.Sync;

/// <summary>Names a run by its start, so that names sort as runs happened: <c>20240717T181100Z-3f9a</c>.</summary>
public static class RunId
{
    public static string New(DateTimeOffset startedAt) =>
        string.Create(CultureInfo.InvariantCulture, $"{startedAt.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{Random.Shared.Next(0x10000):x4}");
}

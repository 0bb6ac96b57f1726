using System.Globalization;
using System.Text.RegularExpressions;

namespace Imgsync.Core;

/// <summary>Names a run by its start, so that names sort as runs happened: <c>20240717T181100Z-3f9a</c>.</summary>
public static partial class RunId
{
    public static string New(DateTimeOffset startedAt) =>
        string.Create(CultureInfo.InvariantCulture, $"{startedAt.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{Random.Shared.Next(0x10000):x4}");

    /// <summary>What may be asked for as a run: anything else never becomes the name of a document.</summary>
    public static bool MayBe(string text) => Shape().IsMatch(text);

    [GeneratedRegex(@"\A[0-9A-Za-z-]{1,40}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Shape();
}

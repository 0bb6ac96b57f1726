using System.Text.RegularExpressions;

namespace Imgsync.Functions.Http;

/// <summary>What may be asked for as a run: anything else never becomes the name of a document.</summary>
internal static partial class RunIdPattern
{
    public static bool IsMatch(string id) => Shape().IsMatch(id);

    [GeneratedRegex(@"\A[0-9A-Za-z-]{1,40}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shape();
}

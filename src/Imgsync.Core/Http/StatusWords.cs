using System.Globalization;
using System.Net;

namespace Imgsync.Core.Http;

/// <summary>A status as messages have it, in our own words: what else stands in its line is the server's, and may be anything.</summary>
internal static class StatusWords
{
    /// <summary>Such as <c>503 ServiceUnavailable</c>; the number alone where it has no name, as those that some proxies invent.</summary>
    public static string InWords(this HttpStatusCode status)
    {
        var number = ((int)status).ToString(CultureInfo.InvariantCulture);
        return Enum.IsDefined(status) ? $"{number} {status}" : number;
    }
}

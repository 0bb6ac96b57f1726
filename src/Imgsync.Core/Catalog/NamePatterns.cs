using System.Text.RegularExpressions;

namespace Imgsync.Core.Catalog;

/// <summary>
/// What names may look like before they become part of a URL, of a path below the staging folder, or of a message.
/// None of them can hold a separator, climb with <c>..</c> or be empty.
/// </summary>
internal static partial class NamePatterns
{
    /// <summary>A file in a directory: no separator, no leading dot.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._+~-]{0,199}\z", RegexOptions.ExplicitCapture, 1000)]
    public static partial Regex FileName();

    /// <summary>A file below a directory, or what the server makes of the directory: <c>leap/16.0/?jsontable</c>.</summary>
    [GeneratedRegex(
        @"\A([A-Za-z0-9][A-Za-z0-9._+~-]{0,99}/){0,10}([A-Za-z0-9][A-Za-z0-9._:+~-]{0,199})?(\?[a-z0-9=&]{1,50})?\z",
        RegexOptions.ExplicitCapture, 1000)]
    public static partial Regex Path();

    /// <summary>A relative directory that ends in a slash.</summary>
    [GeneratedRegex(@"\A([A-Za-z0-9][A-Za-z0-9._+~-]{0,99}/){1,10}\z", RegexOptions.ExplicitCapture, 1000)]
    public static partial Regex Directory();

    /// <summary>A revision: no separator, and a digit somewhere.</summary>
    [GeneratedRegex(@"\A(?=[^0-9]*[0-9])[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.ExplicitCapture, 1000)]
    public static partial Regex Revision();

    /// <summary>A distribution's key; it names the folder in staging.</summary>
    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z", RegexOptions.ExplicitCapture, 1000)]
    public static partial Regex Key();

    /// <summary>An OpenPGP fingerprint of version 4 in full; keys of version 6 are not supported.</summary>
    [GeneratedRegex(@"\A[0-9A-F]{40}\z", RegexOptions.ExplicitCapture, 1000)]
    public static partial Regex Fingerprint();
}

using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Imgsync.Core.Configuration;

/// <summary>What an operator writes, as the type it stands for. A complaint completes the sentence "… is 'x': it …".</summary>
internal static partial class SettingText
{
    private static readonly Dictionary<Type, Func<string, (object? Value, string? Complaint)>> Parsers = new()
    {
        [typeof(string)] = text => (text, null),
        [typeof(Secret)] = SecretOf,
        [typeof(bool)] = BoolOf,
        [typeof(int)] = text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? (number, null)
            : (null, "must be a whole number"),
        [typeof(long)] = SizeOf,
        [typeof(TimeSpan)] = DurationOf,
        [typeof(Uri)] = UriOf,
    };

    public static bool Covers(Type type) => type.IsEnum || Parsers.ContainsKey(type);

    public static (object? Value, string? Complaint) Parse(Type type, string text) =>
        type.IsEnum ? EnumOf(type, text) : Parsers[type](Trimmed(type, text));

    /// <summary>Blanks may belong to a text and to a password; a line's end belongs to no password.</summary>
    private static string Trimmed(Type type, string text) =>
        type == typeof(string) ? text : type == typeof(Secret) ? text.TrimEnd('\r', '\n') : text.Trim();

    /// <summary>How the values of an enumeration are written: <c>SinglePass</c> is <c>single-pass</c>.</summary>
    public static string[] ChoicesOf(Type type) => [.. Enum.GetNames(type).Select(ChoiceOf)];

    public static string ChoiceOf(Enum value) => ChoiceOf(value.ToString());

    /// <summary>A value as it is written, but for secrets: those print as <c>***</c>.</summary>
    public static string Of(object value) => value switch
    {
        Uri uri => uri.OriginalString,
        Enum choice => ChoiceOf(choice),
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>A value as it may be shown: a URL without the password or signature somebody may have left in it.</summary>
    public static string Harmless(string text) => UrlQuery().Replace(UrlUserInfo().Replace(text, "//***@"), "?***");

    /// <summary>A setting in an Azure app that the platform could not replace reaches us as the reference itself.</summary>
    private static (object?, string?) SecretOf(string text) => text.StartsWith("@Microsoft.KeyVault(", StringComparison.OrdinalIgnoreCase)
        ? (null, "must be resolved by the platform: give the app's identity the right to read that secret in the key vault")
        : (new Secret(text), null);

    private static (object?, string?) BoolOf(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "ON" or "1" => (true, null),
        "FALSE" or "NO" or "OFF" or "0" => (false, null),
        _ => (null, "must be true or false"),
    };

    private static (object?, string?) SizeOf(string text)
    {
        var parts = Size().Match(text);
        if (!parts.Success || !long.TryParse(parts.Groups["number"].ValueSpan, CultureInfo.InvariantCulture, out var number))
            return (null, "must be a number of bytes, such as 20GiB");

        var power = "KMGT".IndexOf(parts.Groups["unit"].Value.ToUpperInvariant(), StringComparison.Ordinal) + 1;
        var shift = parts.Groups["unit"].Length == 0 ? 0 : 10 * power;
        return number > long.MaxValue >> shift ? (null, "must be a number of bytes, such as 20GiB") : (number << shift, null);
    }

    /// <summary>A bare number is refused: .NET reads 60 as sixty days.</summary>
    private static (object?, string?) DurationOf(string text)
    {
        const string Complaint = "must be a duration, such as 00:08:00, 90s, 8m, 2h or 7d";
        var parts = Duration().Match(text);
        TimeSpan duration;
        if (parts.Success && int.TryParse(parts.Groups["number"].ValueSpan, CultureInfo.InvariantCulture, out var number))
        {
            duration = parts.Groups["unit"].Value switch
            {
                "s" => TimeSpan.FromSeconds(number),
                "m" => TimeSpan.FromMinutes(number),
                "h" => TimeSpan.FromHours(number),
                _ => TimeSpan.FromDays(number),
            };
        }
        else if ((text is not "0" && !text.Contains(':')) || !TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration))
        {
            return (null, Complaint);
        }

        return duration >= TimeSpan.Zero ? (duration, null) : (null, Complaint);
    }

    private static (object?, string?) UriOf(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            return (null, "must be a whole URL that begins with https:// or http://");
        return uri.UserInfo.Length == 0 ? (uri, null) : (null, "must not hold a user name or password");
    }

    private static (object?, string?) EnumOf(Type type, string text)
    {
        var choices = ChoicesOf(type);
        var chosen = Array.FindIndex(choices, choice => string.Equals(choice, text.Trim(), StringComparison.OrdinalIgnoreCase));
        return chosen < 0
            ? (null, $"must be {string.Join(", ", choices[..^1])} or {choices[^1]}")
            : (Enum.Parse(type, Enum.GetNames(type)[chosen]), null);
    }

    private static string ChoiceOf(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    [GeneratedRegex(@"^(?<number>\d+)\s*((?<unit>[KMGT])i?B?|B)?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Size();

    [GeneratedRegex(@"^(?<number>\d{1,7})\s*(?<unit>[smhd])$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Duration();

    [GeneratedRegex(@"//[^/?#]*@", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UrlUserInfo();

    [GeneratedRegex(@"(?<=://[^?\s]*)\?\S*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UrlQuery();
}
